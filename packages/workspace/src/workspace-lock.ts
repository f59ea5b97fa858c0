import {join} from 'node:path';
import {type Host, withLock} from '@occo/host';

/**
 * Does work while holding the workspace's lock (`.occo/lock/`). Fails with `OCCO_LOCKED` at once, naming the holder's
 * command and process, when another live process has it; the lock of a dead one is taken over.
 */
export function withWorkspaceLock<T>(
	host: Host,
	root: string,
	command: string,
	work: () => Promise<T>,
): Promise<T> {
	const folder = join(root, '.occo', 'lock');
	return withLock(host, {folder, holder: `occo ${command}`, what: 'this workspace'}, work);
}
