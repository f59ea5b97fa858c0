import {dirname, isAbsolute, join} from 'node:path';
import type {Host} from '@occo/host';
import {git} from '../git/git.ts';

/** Tells git to ignore a wheelhouse inside a checkout, in the checkout's own `info/exclude`: nothing gets dirty. */
export async function excludeFromGit(host: Host, folder: string): Promise<void> {
	const cwd = dirname(folder);
	const found = await git(host, ['rev-parse', '--git-path', 'info/exclude', '--show-prefix'], {cwd}).catch(
		() => undefined,
	);
	if (found?.code !== 0) return;
	const [path = '', prefix = ''] = found.stdout.split('\n');
	const line = `/${prefix}${folder.slice(cwd.length + 1)}/`;
	const file = isAbsolute(path) ? path : join(cwd, path);
	const before = (await host.files.readText(file)) ?? '';
	if (before.split('\n').includes(line)) return;
	await host.files.write(file, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
}
