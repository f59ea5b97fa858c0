import {dirname, join} from 'node:path';
import type {Ecosystem} from '@occo/ecosystems';
import {type Host, mapPool} from '@occo/host';
import {type ComponentSettings, compare, formatPlace, isOccoError, type Package} from '@occo/model';
import {temporaryMark} from './clone-all.ts';
import {withoutCredentials} from './git/failure.ts';
import {gitOutput} from './git/git.ts';
import {gitFolder, readRef} from './git/head.ts';
import {originUrl} from './git/origin.ts';
import {type GitStatus, gitStatus, noStatus} from './git/status.ts';
import {type OpenSettings, readPackage} from './open.ts';

/** One component's state; git's part is `null` or 0 where its checkout is missing. */
export interface ComponentStatus extends GitStatus {
	readonly name: string;
	readonly folder: string;
	readonly missing: boolean;
	readonly ecosystem: string | null;
	readonly package: string | null;
	readonly version: string | null;
	/** The revision that occo.yaml wants; `null` for the remote's default branch. */
	readonly wanted: string | null;
	/** Whether the checkout is on it. */
	readonly onWanted: boolean;
	/** Where `origin` is, without credentials; what occo.yaml says while the checkout is missing. */
	readonly url: string | null;
	readonly urlMismatch: boolean;
	/** Why its manifest or its repository could not be read. */
	readonly problem?: string;
}

/** The answer of `occo status`. */
export interface WorkspaceStatus {
	readonly components: readonly ComponentStatus[];
	/** Folders of the workspace that are git checkouts and belong to no component. */
	readonly orphans: readonly string[];
}

/** The state of the chosen components, without touching the network. What is broken in one is told of that one. */
export async function workspaceStatus(
	host: Host,
	settings: OpenSettings,
	ecosystems: readonly Ecosystem[],
	request: {readonly components: readonly ComponentSettings[]; readonly jobs: number},
): Promise<WorkspaceStatus> {
	const folders = settings.components.map(({folder}) => folder);
	const byFolder = [...Map.groupBy(request.components, ({folder}) => folder)];
	const states = await mapPool(byFolder, request.jobs, async ([folder, sharing]) => {
		const repository = await repositoryStatus(host, settings.root, folder, folders);
		return Promise.all(
			sharing.map(component => componentStatus(host, settings.root, component, ecosystems, repository)),
		);
	});
	return {
		components: states.flat().sort((a, b) => compare(a.name, b.name)),
		orphans: await orphans(host, settings.root, folders),
	};
}

interface RepositoryStatus {
	readonly missing: boolean;
	readonly isRepository: boolean;
	readonly git: GitStatus;
	readonly url: string | undefined;
	readonly problem?: string;
}

async function repositoryStatus(
	host: Host,
	root: string,
	folder: string,
	folders: readonly string[],
): Promise<RepositoryStatus> {
	const checkout = join(root, folder);
	const stat = await host.files.stat(checkout);
	const isRepository = stat?.type === 'folder' && (await host.files.exists(join(checkout, '.git')));
	const absent = {missing: stat?.type !== 'folder', isRepository, git: noStatus, url: undefined};
	if (!isRepository) return absent;
	const inside = folders.flatMap(other =>
		other.startsWith(`${folder}/`) ? other.slice(folder.length + 1) : [],
	);
	try {
		const [git, url] = await Promise.all([gitStatus(host, checkout, inside), originUrl(host, checkout)]);
		return {...absent, git, url};
	} catch (error) {
		return {...absent, problem: problemOf(error)};
	}
}

function problemOf(error: unknown): string {
	if (!isOccoError(error) || error.kind === 'interrupted' || error.code === 'OCCO_TOOL_MISSING') throw error;
	const {message, place} = error;
	return place && !message.includes(place.file) ? `${formatPlace(place)}: ${message}` : message;
}

async function componentStatus(
	host: Host,
	root: string,
	component: ComponentSettings,
	ecosystems: readonly Ecosystem[],
	repository: RepositoryStatus,
): Promise<ComponentStatus> {
	const {name, folder, git, revision} = component;
	const {isRepository, url} = repository;
	const missing = repository.missing || (git !== undefined && !isRepository);
	let {problem} = repository;
	let found: Package | undefined;
	try {
		found = missing ? undefined : await readPackage(host, root, component, ecosystems);
	} catch (error) {
		problem ??= problemOf(error);
	}
	const shownUrl = url ?? git;
	return {
		name,
		folder,
		missing,
		ecosystem: found?.ecosystem ?? null,
		package: found?.name ?? null,
		version: found?.version ?? null,
		...repository.git,
		wanted: revision?.name ?? null,
		onWanted: isRepository ? await isOnWanted(host, join(root, folder), component, repository.git) : !missing,
		url: shownUrl === undefined ? null : withoutCredentials(shownUrl),
		urlMismatch: git !== undefined && url !== undefined && plainUrl(url) !== plainUrl(git),
		...(problem === undefined ? {} : {problem}),
	};
}

/** Servers take these spellings of one URL alike. */
function plainUrl(url: string): string {
	return url.replace(/\/+$/, '').replace(/\.git$/, '');
}

async function isOnWanted(
	host: Host,
	checkout: string,
	{revision}: ComponentSettings,
	status: GitStatus,
): Promise<boolean> {
	switch (revision?.kind) {
		case undefined:
			return status.branch !== null;
		case 'branch':
			return status.branch === revision.name;
		case 'commit':
			return status.commit === revision.name;
		case 'tag':
			return status.commit !== null && status.commit === (await taggedCommit(host, checkout, revision.name));
	}
}

/** The commit of a tag; git is only asked when its own files hold an annotated tag's object. */
async function taggedCommit(host: Host, checkout: string, tag: string): Promise<string | undefined> {
	const folder = await gitFolder(host, checkout);
	const object = folder === undefined ? undefined : await readRef(host, folder, `refs/tags/${tag}`);
	if (object === undefined) return undefined;
	const argv = ['rev-parse', '--verify', '--quiet', `${object}^{commit}`];
	return gitOutput(host, argv, {cwd: checkout}).catch(() => undefined);
}

/** Checkouts in the workspace's folder, and in the folders that hold components, that no component is. */
async function orphans(host: Host, root: string, folders: readonly string[]): Promise<string[]> {
	const known = new Set(folders);
	const holders = new Set(folders.map(folder => dirname(folder)).filter(holder => !known.has(holder)));
	const found: string[] = [];
	for (const holder of new Set(['.', ...holders])) {
		for (const name of await host.files.list(join(root, holder))) {
			const folder = holder === '.' ? name : `${holder}/${name}`;
			if (name.startsWith('.') || known.has(folder) || name.includes(temporaryMark)) continue;
			if (await host.files.exists(join(root, folder, '.git'))) found.push(folder);
		}
	}
	return found.sort(compare);
}
