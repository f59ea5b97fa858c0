import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** What a run makes anew. `cache` stays, so that the next run fetches nothing. */
const own = ['remotes', 'workspace', 'data', 'installed', 'client'];
const marker = '.made-by-npm-run-demo';
/** What occo itself keeps in a workspace, beside the components. */
const ofWorkspace = new Set(['occo.yaml', '.occo', 'orchard.tar']);

/**
 * Makes the folder ready for a new run: what an earlier one made is removed, unless somebody has worked in it. Answers
 * what is in the way instead of removing anything that is not ours.
 */
export function prepareFolder(folder: string): string | undefined {
	if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, marker)))
		return `\`${folder}\` is not empty and was not made by the demo`;
	const work = workIn(join(folder, 'workspace'));
	if (work !== undefined) return `\`${work}\` holds work that the demo did not make`;
	mkdirSync(folder, {recursive: true});
	writeFileSync(join(folder, marker), '');
	for (const name of own) rmSync(join(folder, name), {recursive: true, force: true});
	return undefined;
}

/** The first thing in the workspace that a user has made or changed. */
function workIn(workspace: string): string | undefined {
	if (!existsSync(workspace)) return undefined;
	for (const name of readdirSync(workspace)) {
		const path = join(workspace, name);
		if (ofWorkspace.has(name) || name.startsWith('.occo')) continue;
		if (!existsSync(join(path, '.git')) || hasWork(path)) return path;
	}
	return undefined;
}

/** Whether a checkout has changes, stashes, or commits that are not in its remote. */
function hasWork(checkout: string): boolean {
	const git = (...argv: readonly string[]): string =>
		execFileSync('git', ['-C', checkout, ...argv], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
	try {
		return (
			git('status', '--porcelain', '--untracked-files=normal') !== '' ||
			git('stash', 'list') !== '' ||
			git('log', '--branches', '--not', '--remotes', '--format=%h') !== ''
		);
	} catch {
		return true;
	}
}
