import {basename, dirname, join} from 'node:path';
import {type Host, mapPool} from '@occo/host';
import {type ComponentSettings, compare, isOccoError} from '@occo/model';
import {clone} from './git/clone.ts';
import {headCommit} from './git/head.ts';
import {refuseLinkedParents} from './linked-parents.ts';
import type {OpenSettings} from './open.ts';
import {withWorkspaceLock} from './workspace-lock.ts';

/** What became of one component. */
export interface SourceResult {
	readonly name: string;
	/** Relative to the workspace. */
	readonly folder: string;
	readonly state: 'cloned' | 'present' | 'updated' | 'unchanged' | 'skipped' | 'failed';
	/** The commit checked out; `null` when there is none. */
	readonly commit: string | null;
	/** A stable word for why it was skipped or failed. */
	readonly reason?: string;
	readonly message?: string;
}

type FolderResult = Omit<SourceResult, 'name'>;

/** How components are cloned. */
export interface CloneOptions {
	/** How many at once. */
	readonly jobs: number;
	/** Ms without a byte from a server before it is given up. */
	readonly inactivity: number;
}

/** Marks a clone under way; what a dead run left is known by it. */
export const temporaryMark = '.occo-tmp-';

/**
 * Clones every component that is missing: into a temporary folder beside the target, checked, then renamed, so that a
 * target is whole or absent. What exists is never touched. One failure does not stop the others.
 */
export async function cloneAll(
	host: Host,
	settings: OpenSettings,
	components: readonly ComponentSettings[],
	options: CloneOptions,
): Promise<readonly SourceResult[]> {
	return withWorkspaceLock(host, settings.root, 'clone-all', async () => {
		await sweep(host, settings);
		const byFolder = Map.groupBy(components, ({folder}) => folder);
		// Parents come first: a component may lie inside another.
		const folders = [...byFolder].sort(([a], [b]) => compare(a, b));
		host.report({type: 'phase', phase: 'clone-all', total: folders.length});
		const done = new Map<string, Promise<FolderResult>>();
		await mapPool(folders, options.jobs, ([folder, [first]]) => {
			const work = cloneFolder(host, settings, first as ComponentSettings, options, done);
			done.set(folder, work);
			return work;
		});
		host.report({type: 'phase-ended', phase: 'clone-all'});
		return Promise.all(
			components.map(async ({name, folder}) => ({name, ...((await done.get(folder)) as FolderResult)})),
		);
	});
}

/** Clones one folder unless it is there; its failure is a result. */
async function cloneFolder(
	host: Host,
	settings: OpenSettings,
	component: ComponentSettings,
	options: CloneOptions,
	done: ReadonlyMap<string, Promise<FolderResult>>,
): Promise<FolderResult> {
	const {name, folder} = component;
	try {
		const without = await withoutParent(host, settings, folder, done);
		if (without !== undefined) return ended(host, name, without);
		const found = await host.files.stat(join(settings.root, folder));
		if (found !== undefined)
			return ended(host, name, await present(host, settings.root, component, found.type));
		if (component.git === undefined) {
			return ended(host, name, failed(folder, 'no-url', 'it has no `git:` in occo.yaml'));
		}
		host.report({type: 'task-started', task: name, detail: 'cloning'});
		const commit = await cloneAtomically(host, settings, component, options);
		return ended(host, name, {folder, state: 'cloned', commit: commit ?? null});
	} catch (error) {
		if (host.signal.aborted) throw error;
		return ended(host, name, failureOf(folder, error));
	}
}

function failed(folder: string, reason: string, message: string): FolderResult {
	return {folder, state: 'failed', commit: null, reason, message};
}

/** The failures of git, of the workspace and of the file system are results; anything else is a bug. */
function failureOf(folder: string, error: unknown): FolderResult {
	if (isOccoError(error)) {
		const reason = error.code.replace(/^OCCO_(CLONE_)?/, '').toLowerCase();
		const message = error.hint ? `${error.message}; ${error.hint}` : error.message;
		return failed(folder, reason.replaceAll('_', '-'), message);
	}
	const {code, message} = error as {code?: unknown; message: string};
	if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error;
	return failed(folder, 'file-system', message);
}

function ended(host: Host, task: string, result: FolderResult): FolderResult {
	const outcomes = {cloned: 'done', failed: 'failed', skipped: 'skipped'} as const;
	const outcome = outcomes[result.state as keyof typeof outcomes] ?? 'unchanged';
	const detail = result.message ?? result.commit?.slice(0, 12);
	host.report({type: 'task-ended', task, outcome, ...(detail ? {detail} : {})});
	return result;
}

/** The failure of a component that lies in the checkout of another that is not there: nothing can be put in it. */
async function withoutParent(
	host: Host,
	{root, components}: OpenSettings,
	folder: string,
	done: ReadonlyMap<string, Promise<FolderResult>>,
): Promise<FolderResult | undefined> {
	const parent = components
		.filter(one => folder.startsWith(`${one.folder}/`))
		.sort((a, b) => b.folder.length - a.folder.length)[0];
	if (parent === undefined) return undefined;
	const result = await done.get(parent.folder);
	if (result?.state === 'failed') {
		return failed(folder, 'parent-failed', `it lies in the checkout of \`${parent.name}\`, which failed`);
	}
	if (result !== undefined || (await host.files.exists(join(root, parent.folder)))) return undefined;
	const message = `it lies in the checkout of \`${parent.name}\`, which is missing; clone that first`;
	return failed(folder, 'parent-missing', message);
}

async function present(
	host: Host,
	root: string,
	{folder, git}: ComponentSettings,
	type: string,
): Promise<FolderResult> {
	const checkout = join(root, folder);
	const isRepository = type === 'folder' && (await host.files.exists(join(checkout, '.git')));
	if (isRepository || (git === undefined && type === 'folder')) {
		return {folder, state: 'present', commit: (await headCommit(host, checkout)) ?? null};
	}
	const message = `\`${folder}\` is there and is no git repository; it was left alone`;
	return failed(folder, 'not-a-repository', message);
}

async function cloneAtomically(
	host: Host,
	{root, protocols}: OpenSettings,
	{name, folder, git, revision}: ComponentSettings,
	{inactivity}: CloneOptions,
): Promise<string | undefined> {
	const target = join(root, folder);
	const temporary = `${target}${temporaryMark}${host.processId}`;
	await refuseLinkedParents(host, root, folder);
	await host.files.makeFolder(dirname(target));
	try {
		const commit = await clone(host, temporary, {
			url: git as string,
			revision,
			protocols,
			inactivity,
			onProgress: detail => host.report({type: 'task-progress', task: name, detail}),
		});
		await refuseLinkedParents(host, root, folder);
		await host.files.rename(temporary, target);
		return commit;
	} finally {
		await host.files.remove(temporary);
	}
}

/** Removes what dead runs left beside their targets; this run holds the workspace's lock. */
async function sweep(host: Host, {root, components}: OpenSettings): Promise<void> {
	const byParent = Map.groupBy(components, ({folder}) => dirname(folder));
	for (const [parent, inside] of byParent) {
		const linked = await refuseLinkedParents(host, root, `${parent}/any`).then(
			() => false,
			() => true,
		);
		if (linked) continue;
		const prefixes = inside.map(({folder}) => `${basename(folder)}${temporaryMark}`);
		for (const name of await host.files.list(join(root, parent))) {
			if (prefixes.some(prefix => name.startsWith(prefix))) await host.files.remove(join(root, parent, name));
		}
	}
}
