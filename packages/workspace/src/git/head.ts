import {isAbsolute, join, resolve} from 'node:path';
import type {Host} from '@occo/host';
import {gitOutput} from './git.ts';

const objectName = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** What HEAD is. */
export interface Head {
	/** `undefined` when it is detached. */
	readonly branch: string | undefined;
	/** `undefined` before the first commit. */
	readonly commit: string | undefined;
}

/** The commit that a checkout's HEAD names; `undefined`: no commit yet or no repository. */
export async function headCommit(host: Host, checkout: string): Promise<string | undefined> {
	return (await readHead(host, checkout))?.commit;
}

/**
 * What a checkout's HEAD is, read from git's own files without starting git (gitrepository-layout(5)); what is stored
 * otherwise (reftable, odd links) is asked of git. `undefined`: no repository.
 */
export async function readHead(host: Host, checkout: string): Promise<Head | undefined> {
	const folder = await gitFolder(host, checkout);
	if (folder === undefined) return undefined;
	const head = (await host.files.readText(join(folder, 'HEAD')))?.trim();
	if (head !== undefined && objectName.test(head)) return {branch: undefined, commit: head};
	const branch = /^ref: refs\/heads\/(.+)$/.exec(head ?? '')?.[1];
	if (branch !== undefined && branch !== '.invalid') {
		const commit = await readRef(host, folder, `refs/heads/${branch}`);
		if (commit !== undefined) return {branch, commit};
	}
	const ask = (...argv: readonly string[]): Promise<string | undefined> =>
		gitOutput(host, argv, {cwd: checkout}).catch(() => undefined);
	const ref = await ask('symbolic-ref', '--quiet', 'HEAD');
	return {
		branch: ref?.replace(/^refs\/heads\//, ''),
		commit: await ask('rev-parse', '--verify', '--quiet', 'HEAD'),
	};
}

/** The repository's folder of a checkout: `.git`, or where the file `.git` of a linked worktree or submodule points. */
export async function gitFolder(host: Host, checkout: string): Promise<string | undefined> {
	const path = join(checkout, '.git');
	const stat = await host.files.stat(path);
	if (stat?.type === 'folder') return path;
	if (stat?.type !== 'file') return undefined;
	const target = /^gitdir: (.+)$/m.exec((await host.files.readText(path)) ?? '')?.[1];
	return target === undefined ? undefined : resolve(checkout, target);
}

/** The folder with what all worktrees of a repository share: its branches, tags and configuration. */
export async function commonFolder(host: Host, folder: string): Promise<string> {
	const common = (await host.files.readText(join(folder, 'commondir')))?.trim();
	if (common === undefined) return folder;
	return isAbsolute(common) ? common : join(folder, common);
}

/** The object that a full ref names, from its own file or `packed-refs`; `undefined` when it is in neither. */
export async function readRef(host: Host, folder: string, ref: string): Promise<string | undefined> {
	const common = await commonFolder(host, folder);
	const loose = (await host.files.readText(join(common, ref)))?.trim();
	if (loose !== undefined && objectName.test(loose)) return loose;
	const packed = (await host.files.readText(join(common, 'packed-refs'))) ?? '';
	return packed
		.split('\n')
		.map(line => line.split(' '))
		.find(([name = '', other]) => other === ref && objectName.test(name))?.[0];
}
