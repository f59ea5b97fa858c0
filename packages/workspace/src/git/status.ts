import {join} from 'node:path';
import type {Host} from '@occo/host';
import {gitOutput} from './git.ts';
import {gitFolder} from './head.ts';

/** What git says of one checkout. */
export interface GitStatus {
	/** `null` when HEAD is detached. */
	readonly branch: string | null;
	/** `null` before the first commit. */
	readonly commit: string | null;
	readonly upstream: string | null;
	/** Commits that the upstream lacks, and that are missing here; `null` without an upstream branch. */
	readonly ahead: number | null;
	readonly behind: number | null;
	readonly staged: number;
	readonly modified: number;
	readonly untracked: number;
	readonly conflicts: number;
	readonly stashes: number;
	/** What is half done: `rebase`, `merge`, `cherry-pick`, `revert`, `bisect`, `am`; `null` for nothing. */
	readonly operation: string | null;
}

/** The status of a checkout that is not there. */
export const noStatus: GitStatus = {
	branch: null,
	commit: null,
	upstream: null,
	ahead: null,
	behind: null,
	staged: 0,
	modified: 0,
	untracked: 0,
	conflicts: 0,
	stashes: 0,
	operation: null,
};

const argv: readonly string[] = [
	...['status', '--porcelain=v2', '--branch', '--show-stash', '-z'],
	...['--untracked-files=normal', '--ignore-submodules=none'],
];

/**
 * The status of a checkout by one `git status`. Folders in `inside` (relative to it) are other components and no
 * untracked files.
 */
export async function gitStatus(host: Host, checkout: string, inside: readonly string[]): Promise<GitStatus> {
	const [text, operation] = await Promise.all([
		gitOutput(host, argv, {cwd: checkout}),
		operationOf(host, checkout),
	]);
	return {...parsePorcelain(text, inside), operation};
}

/** Reads `git status --porcelain=v2 --branch --show-stash -z` (git-status(1)). */
export function parsePorcelain(text: string, inside: readonly string[] = []): Omit<GitStatus, 'operation'> {
	const headers = new Map<string, string>();
	const entries: string[] = [];
	const pieces = text.split('\0');
	for (let index = 0; index < pieces.length; index++) {
		const piece = pieces[index] as string;
		const header = /^# (\S+) (.*)$/s.exec(piece);
		if (header) headers.set(header[1] as string, header[2] as string);
		else if (piece !== '') entries.push(piece);
		// A rename carries its old path in a piece of its own.
		if (piece.startsWith('2 ')) index++;
	}
	return {...fromHeaders(headers), ...countsOf(entries, inside)};
}

function fromHeaders(
	headers: ReadonlyMap<string, string>,
): Pick<GitStatus, 'branch' | 'commit' | 'upstream' | 'ahead' | 'behind' | 'stashes'> {
	const branch = headers.get('branch.head') ?? '(detached)';
	const commit = headers.get('branch.oid') ?? '(initial)';
	const [, ahead, behind] = /^\+(\d+) -(\d+)$/.exec(headers.get('branch.ab') ?? '') ?? [];
	return {
		branch: branch === '(detached)' ? null : branch,
		commit: commit === '(initial)' ? null : commit,
		upstream: headers.get('branch.upstream') ?? null,
		ahead: ahead === undefined ? null : Number(ahead),
		behind: behind === undefined ? null : Number(behind),
		stashes: Number(headers.get('stash') ?? 0),
	};
}

function countsOf(
	entries: readonly string[],
	inside: readonly string[],
): Pick<GitStatus, 'staged' | 'modified' | 'untracked' | 'conflicts'> {
	const changed = entries.filter(entry => /^[12] /.test(entry));
	return {
		staged: changed.filter(entry => entry[2] !== '.').length,
		modified: changed.filter(entry => entry[3] !== '.').length,
		untracked: entries.filter(entry => entry.startsWith('? ') && !isComponent(entry.slice(2), inside)).length,
		conflicts: entries.filter(entry => entry.startsWith('u ')).length,
	};
}

/** Whether an untracked path is the folder of another component, or a folder above one. */
function isComponent(path: string, inside: readonly string[]): boolean {
	const folder = path.replace(/\/$/, '');
	return inside.some(other => other === folder || (path.endsWith('/') && other.startsWith(path)));
}

const marks: readonly (readonly [file: string, operation: string])[] = [
	['rebase-merge', 'rebase'],
	['rebase-apply/applying', 'am'],
	['rebase-apply', 'rebase'],
	['MERGE_HEAD', 'merge'],
	['CHERRY_PICK_HEAD', 'cherry-pick'],
	['REVERT_HEAD', 'revert'],
	['BISECT_LOG', 'bisect'],
];

async function operationOf(host: Host, checkout: string): Promise<string | null> {
	const folder = await gitFolder(host, checkout);
	if (folder === undefined) return null;
	const names = new Set(await host.files.list(folder));
	for (const [file, operation] of marks) {
		if (!names.has(file.split('/')[0] as string)) continue;
		if (!file.includes('/') || (await host.files.exists(join(folder, file)))) return operation;
	}
	return null;
}
