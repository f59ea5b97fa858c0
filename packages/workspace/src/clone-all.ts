import {dirname, join} from 'node:path';
import {type Host, mapPool} from '@occo/host';
import {type ComponentSettings, compare, isOccoError, OccoError, type Protocol} from '@occo/model';
import {type GitOptions, git, gitReason, isTransient} from './git/git.ts';
import {headCommit} from './git/head.ts';
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
	readonly jobs: number;
	/** Ms without a byte from a server before it is given up. */
	readonly inactivity: number;
	/** A person sits at the terminal and may be asked for a password. */
	readonly interactive: boolean;
}

/** Marks a clone under way; what a dead run left is known by it. */
const temporaryMark = '.occo-tmp-';

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
		const byFolder = Map.groupBy(components, ({folder}) => folder);
		// Parents first: a component may lie inside another.
		const folders = [...byFolder.keys()].sort(compare);
		host.report({type: 'phase', phase: 'clone-all', total: folders.length});
		const done = new Map<string, Promise<FolderResult>>();
		await mapPool(folders, options.jobs, async folder => {
			const parent = folders.findLast(one => folder.startsWith(`${one}/`));
			if (parent) await done.get(parent);
			const work = cloneOne(
				host,
				settings,
				(byFolder.get(folder) as ComponentSettings[])[0] as ComponentSettings,
				options,
			);
			done.set(folder, work);
			await work;
		});
		host.report({type: 'phase-ended', phase: 'clone-all'});
		return Promise.all(
			components.map(async ({name, folder}) => ({name, ...((await done.get(folder)) as FolderResult)})),
		);
	});
}

async function cloneOne(
	host: Host,
	{root, protocols}: OpenSettings,
	component: ComponentSettings,
	options: CloneOptions,
): Promise<FolderResult> {
	const {name, folder} = component;
	const failed = (reason: string, message: string): FolderResult => {
		host.report({type: 'task-ended', task: name, outcome: 'failed', detail: message});
		return {folder, state: 'failed', commit: null, reason, message};
	};
	try {
		const found = await host.files.stat(join(root, folder));
		if (found !== undefined) return await present(host, root, component, found.type);
		if (component.git === undefined) return failed('no-url', 'it has no `git:` URL in occo.yaml');
		await checkParents(host, root, folder);
		host.report({type: 'task-started', task: name, detail: 'cloning'});
		const commit = await cloneInto(host, join(root, folder), component, protocols, options);
		host.report({type: 'task-ended', task: name, outcome: 'done', detail: commit.slice(0, 12)});
		return {folder, state: 'cloned', commit};
	} catch (error) {
		if (!isOccoError(error) || error.kind === 'interrupted') throw error;
		return failed(
			error.code
				.replace(/^OCCO_/, '')
				.toLowerCase()
				.replaceAll('_', '-'),
			error.message,
		);
	}
}

async function present(
	host: Host,
	root: string,
	{folder, name}: ComponentSettings,
	type: string,
): Promise<FolderResult> {
	const commit = type === 'folder' ? await headCommit(host, join(root, folder)) : undefined;
	const isRepository = type === 'folder' && (await host.files.exists(join(root, folder, '.git')));
	if (isRepository) {
		host.report({type: 'task-ended', task: name, outcome: 'unchanged', detail: 'already there'});
		return {folder, state: 'present', commit: commit ?? null};
	}
	const message = `\`${folder}\` exists and is no git repository; it was left alone`;
	host.report({type: 'task-ended', task: name, outcome: 'failed', detail: message});
	return {folder, state: 'failed', commit: null, reason: 'not-a-repository', message};
}

/** Every parent must be a real folder inside the workspace: a link planted by another component leads anywhere. */
async function checkParents(host: Host, root: string, folder: string): Promise<void> {
	const parts = folder.split('/').slice(0, -1);
	for (const index of parts.keys()) {
		const path = join(root, ...parts.slice(0, index + 1));
		const stat = await host.files.stat(path);
		if (stat === undefined) return;
		if (stat.type !== 'folder') {
			throw new OccoError(
				'OCCO_PATH',
				`\`${parts.slice(0, index + 1).join('/')}\` is not a real folder; nothing is written through it`,
			);
		}
	}
}

async function cloneInto(
	host: Host,
	target: string,
	component: ComponentSettings,
	protocols: readonly Protocol[],
	options: CloneOptions,
): Promise<string> {
	const parent = dirname(target);
	await host.files.makeFolder(parent);
	await sweep(host, target);
	const temporary = await host.files.temporaryFolder(
		`${target.slice(parent.length + 1)}${temporaryMark}`,
		parent,
	);
	try {
		for (let attempt = 1; ; attempt++) {
			const finished = await attemptClone(host, temporary, component, protocols, options);
			if (finished.code === 0 && !finished.timedOut) break;
			if (attempt === 3 || !isTransient(finished)) throw cloneError(component, finished, options);
			host.report({
				type: 'task-progress',
				task: component.name,
				detail: `trying again: ${gitReason(finished)}`,
			});
			await host.files.remove(temporary);
			await new Promise(resolve => setTimeout(resolve, 300 * attempt * (0.5 + Math.random())));
			await host.files.makeFolder(temporary);
		}
		const commit = await headCommit(host, temporary);
		if (commit === undefined && component.revision !== undefined)
			throw new OccoError('OCCO_EMPTY_REPOSITORY', 'the repository is empty', {kind: 'world'});
		await checkParents(host, dirname(parent), target.slice(dirname(parent).length + 1));
		await host.files.rename(temporary, target);
		return commit ?? '';
	} finally {
		await host.files.remove(temporary);
	}
}

/** Removes what runs that are dead left beside a target; this run holds the workspace's lock. */
async function sweep(host: Host, target: string): Promise<void> {
	const prefix = `${target.slice(dirname(target).length + 1)}${temporaryMark}`;
	for (const name of await host.files.list(dirname(target))) {
		if (name.startsWith(prefix)) await host.files.remove(join(dirname(target), name));
	}
}

async function attemptClone(
	host: Host,
	into: string,
	{name, git: url, revision}: ComponentSettings,
	protocols: readonly Protocol[],
	{inactivity, interactive, jobs}: CloneOptions,
): ReturnType<typeof git> {
	const settings: GitOptions = {
		cwd: into,
		protocols,
		inactivity,
		prompts: interactive && jobs === 1,
		onStderr: text => {
			const detail = text.split(/[\r\n]+/).findLast(line => line.trim() !== '');
			if (detail) host.report({type: 'task-progress', task: name, detail: detail.trim()});
		},
	};
	const file = protocols.includes('file') ? ['-c', 'protocol.file.allow=always'] : [];
	const named = revision === undefined || revision.kind === 'commit' ? [] : ['--branch', revision.name];
	const checkout = revision?.kind === 'commit' ? ['--no-checkout'] : [];
	const cloned = await git(
		host,
		[
			...file,
			'clone',
			'--progress',
			'--template=',
			'--no-recurse-submodules',
			...named,
			...checkout,
			'--',
			url as string,
			'.',
		],
		settings,
	);
	if (cloned.code !== 0 || revision?.kind !== 'commit') return cloned;
	const switched = await git(host, ['checkout', '--quiet', '--detach', revision.name], settings);
	if (switched.code === 0) return switched;
	// The commit is on no branch: servers that allow it give a commit by its id.
	const fetched = await git(
		host,
		[...file, 'fetch', '--progress', '--quiet', '--', 'origin', revision.name],
		settings,
	);
	return fetched.code === 0
		? git(host, ['checkout', '--quiet', '--detach', revision.name], settings)
		: fetched;
}

function cloneError(
	component: ComponentSettings,
	finished: Awaited<ReturnType<typeof git>>,
	options: CloneOptions,
): OccoError {
	if (finished.timedOut) {
		return new OccoError(
			'OCCO_SILENT',
			`the server sent nothing for ${Math.round(options.inactivity / 1000)} s`,
			{kind: 'world'},
		);
	}
	const {stderr} = finished;
	const {revision} = component;
	const reason = gitReason(finished);
	if (
		/Remote branch .* not found|not our ref|unable to find remote ref|pathspec|reference is not a tree/i.test(
			stderr,
		)
	) {
		return new OccoError(
			'OCCO_UNKNOWN_REVISION',
			`the repository has no ${revision?.kind} \`${revision?.name}\``,
			{kind: 'world'},
		);
	}
	if (/authentication failed|could not read (username|password)|permission denied|401|403/i.test(stderr)) {
		return new OccoError('OCCO_NOT_AUTHORISED', reason, {kind: 'world'});
	}
	if (/not found|does not exist|does not appear to be a git repository/i.test(stderr)) {
		return new OccoError('OCCO_NOT_FOUND', reason, {kind: 'world'});
	}
	return new OccoError('OCCO_CLONE', reason, {kind: 'world'});
}
