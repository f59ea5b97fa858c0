import {join} from 'node:path';
import type {Host} from '@occo/host';
import {OccoError} from '@occo/model';

/** Who holds a lock. */
interface Holder {
	readonly pid: number;
	readonly command: string;
	/** When its process started, in the kernel's ticks: a process id alone may be used again. */
	readonly started: string;
}

/**
 * Does work while holding the workspace's lock (`.occo/lock`). Fails at once with the holder's pid when another live
 * process has it; the lock of a dead one is taken over.
 */
export async function withWorkspaceLock<T>(
	host: Host,
	root: string,
	command: string,
	work: () => Promise<T>,
): Promise<T> {
	const path = join(root, '.occo', 'lock');
	const pid = host.processId;
	const mine = JSON.stringify({pid, command, started: await startOf(host, pid)} satisfies Holder);
	for (let attempt = 0; !(await host.files.create(path, mine)); attempt++) {
		const text = await host.files.readText(path);
		const holder = parseHolder(text);
		if (holder !== undefined && (await isAlive(host, holder))) {
			throw new OccoError(
				'OCCO_LOCKED',
				`\`occo ${holder.command}\` (process ${holder.pid}) is working on this workspace`,
				{
					kind: 'world',
					hint: 'wait until it is done, or stop it, and run the command again',
				},
			);
		}
		if (attempt > 5)
			throw new OccoError('OCCO_LOCKED', `the lock \`${path}\` cannot be taken`, {kind: 'world'});
		// Moved aside before it is removed: of two that find it dead, only one moves this very file.
		const aside = `${path}.dead-${pid}`;
		await host.files.rename(path, aside).catch(() => {});
		if ((await host.files.readText(aside)) === text) await host.files.remove(aside);
		else
			await host.files.link(aside, path).then(
				() => host.files.remove(aside),
				() => {},
			);
	}
	try {
		return await work();
	} finally {
		if ((await host.files.readText(path)) === mine) await host.files.remove(path);
	}
}

function parseHolder(text: string | undefined): Holder | undefined {
	try {
		const holder = JSON.parse(text ?? '') as Holder;
		return Number.isInteger(holder.pid) ? holder : undefined;
	} catch {
		return undefined;
	}
}

/** Field 22 of proc(5)'s stat file; empty where there is no /proc. */
async function startOf(host: Host, pid: number): Promise<string> {
	const stat = await host.files.readText(`/proc/${pid}/stat`);
	return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function isAlive(host: Host, {pid, started}: Holder): Promise<boolean> {
	if (!host.isRunning(pid)) return false;
	const now = await startOf(host, pid);
	return now === '' || started === '' || now === started;
}
