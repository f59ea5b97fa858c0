import {join} from 'node:path';
import type {Host} from '@occo/host';
import {gitOutput} from './git.ts';

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

/** The status of a checkout by one `git status` (porcelain v2). Paths in `inside` are other components, not untracked files. */
export async function gitStatus(host: Host, checkout: string, inside: readonly string[]): Promise<GitStatus> {
	const argv = [
		'status',
		'--porcelain=v2',
		'--branch',
		'--show-stash',
		'--untracked-files=normal',
		'--ignore-submodules=none',
		'-z',
	];
	const [text, operation] = await Promise.all([
		gitOutput(host, argv, {cwd: checkout}),
		operationOf(host, checkout),
	]);
	return {...parsePorcelain(text, inside), operation};
}

/** Reads `git status --porcelain=v2 --branch --show-stash -z` (git-status(1)). */
export function parsePorcelain(text: string, inside: readonly string[] = []): Omit<GitStatus, 'operation'> {
	const headers = new Map<string, string>();
	const counts = {staged: 0, modified: 0, untracked: 0, conflicts: 0};
	const entries = text.split('\0');
	for (let index = 0; index < entries.length; index++) {
		const entry = entries[index] as string;
		const kind = entry[0];
		if (kind === '#') {
			const [, name = '', ...value] = entry.split(' ');
			headers.set(name, value.join(' '));
		} else if (kind === '1' || kind === '2') {
			if (entry[2] !== '.') counts.staged++;
			if (entry[3] !== '.') counts.modified++;
			// A rename carries its old path in an entry of its own.
			if (kind === '2') index++;
		} else if (kind === 'u') counts.conflicts++;
		else if (kind === '?' && !isNested(entry.slice(2), inside)) counts.untracked++;
	}
	const [ahead, behind] = (headers.get('branch.ab') ?? '').split(' ').map(Number);
	const branch = headers.get('branch.head');
	const commit = headers.get('branch.oid');
	return {
		branch: branch === undefined || branch === '(detached)' ? null : branch,
		commit: commit === undefined || commit === '(initial)' ? null : commit,
		upstream: headers.get('branch.upstream') ?? null,
		ahead: headers.has('branch.ab') ? (ahead ?? 0) : null,
		behind: headers.has('branch.ab') ? Math.abs(behind ?? 0) : null,
		...counts,
		stashes: Number(headers.get('stash') ?? 0),
	};
}

/** Whether an untracked path is, or only holds, the folder of another component. */
function isNested(path: string, inside: readonly string[]): boolean {
	const folder = path.replace(/\/$/, '');
	return inside.some(other => other === folder || (path.endsWith('/') && other.startsWith(`${folder}/`)));
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
	for (const [file, operation] of marks) {
		if (await host.files.exists(join(checkout, '.git', file))) return operation;
	}
	return null;
}
