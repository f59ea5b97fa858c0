import {isAbsolute, join, resolve} from 'node:path';
import type {Host} from '@occo/host';
import {gitOutput} from './git.ts';

const objectName = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * The commit that a checkout's HEAD names, read from git's own files without starting git (gitrepository-layout(5));
 * what is stored otherwise (reftable, odd links) is asked of git. `undefined`: no commit yet or no repository.
 */
export async function headCommit(host: Host, checkout: string): Promise<string | undefined> {
	const gitFolder = await findGitFolder(host, checkout);
	if (gitFolder === undefined) return undefined;
	const head = (await host.files.readText(join(gitFolder, 'HEAD')))?.trim();
	if (head !== undefined && objectName.test(head)) return head;
	const ref = /^ref: (refs\/heads\/.+)$/.exec(head ?? '')?.[1];
	if (ref !== undefined && ref !== 'refs/heads/.invalid') {
		const found = await readRef(host, gitFolder, ref);
		if (found !== undefined) return found;
	}
	return gitOutput(host, ['rev-parse', '--verify', '--quiet', 'HEAD'], {cwd: checkout}).catch(
		() => undefined,
	);
}

async function findGitFolder(host: Host, checkout: string): Promise<string | undefined> {
	const path = join(checkout, '.git');
	const stat = await host.files.stat(path);
	if (stat?.type === 'folder') return path;
	if (stat?.type !== 'file') return undefined;
	const target = /^gitdir: (.+)$/m.exec((await host.files.readText(path)) ?? '')?.[1];
	return target === undefined ? undefined : resolve(checkout, target);
}

async function readRef(host: Host, gitFolder: string, ref: string): Promise<string | undefined> {
	// A linked worktree keeps its branches in the main repository.
	const common = (await host.files.readText(join(gitFolder, 'commondir')))?.trim();
	const folder = common === undefined ? gitFolder : isAbsolute(common) ? common : join(gitFolder, common);
	const loose = (await host.files.readText(join(folder, ref)))?.trim();
	if (loose !== undefined && objectName.test(loose)) return loose;
	const packed = (await host.files.readText(join(folder, 'packed-refs'))) ?? '';
	return packed
		.split('\n')
		.map(line => line.split(' '))
		.find(([name = '', other]) => other === ref && objectName.test(name))?.[0];
}
