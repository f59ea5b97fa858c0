import {join} from 'node:path';
import {type Host, mapPool} from '@occo/host';
import type {ComponentSettings} from '@occo/model';
import {type GitStatus, gitStatus} from './git/status.ts';
import type {Workspace} from './open.ts';

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
	readonly url: string | null;
	readonly urlMismatch: boolean;
}

/** The answer of `occo status`. */
export interface WorkspaceStatus {
	readonly components: readonly ComponentStatus[];
	/** Folders of the workspace that are git checkouts and belong to no component. */
	readonly orphans: readonly string[];
}

const nothing: GitStatus = {
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

/** The state of the chosen components, without touching the network. */
export async function workspaceStatus(
	host: Host,
	workspace: Workspace,
	components: readonly ComponentSettings[],
	jobs: number,
): Promise<WorkspaceStatus> {
	const folders = workspace.components.map(({folder}) => folder);
	const states = await mapPool(components, jobs, component =>
		componentStatus(host, workspace, component, folders),
	);
	return {components: states, orphans: await orphans(host, workspace.root, folders)};
}

async function componentStatus(
	host: Host,
	{root, read}: Workspace,
	component: ComponentSettings,
	folders: readonly string[],
): Promise<ComponentStatus> {
	const {name, folder, git, revision} = component;
	const checkout = join(root, folder);
	const missing = !(await host.files.exists(join(checkout, '.git')));
	const inside = folders.flatMap(other =>
		other.startsWith(`${folder}/`) ? other.slice(folder.length + 1) : [],
	);
	const status = missing ? nothing : await gitStatus(host, checkout, inside);
	const found = read.find(one => one.name === name)?.read;
	const url = missing ? undefined : await originUrl(host, checkout);
	return {
		name,
		folder,
		missing,
		ecosystem: found?.ecosystem ?? null,
		package: found?.name ?? null,
		version: found?.version ?? null,
		...status,
		wanted: revision?.name ?? null,
		onWanted: !missing && (await isOnWanted(host, checkout, component, status)),
		url: url ?? git ?? null,
		urlMismatch: git !== undefined && url !== undefined && url !== git,
	};
}

async function isOnWanted(
	host: Host,
	checkout: string,
	{revision}: ComponentSettings,
	status: GitStatus,
): Promise<boolean> {
	if (revision === undefined) return status.branch !== null;
	if (revision.kind === 'branch') return status.branch === revision.name;
	if (revision.kind === 'commit') return status.commit === revision.name;
	const {gitOutput} = await import('./git/git.ts');
	const tagged = await gitOutput(
		host,
		['rev-parse', '--verify', '--quiet', `refs/tags/${revision.name}^{commit}`],
		{cwd: checkout},
	).catch(() => '');
	return tagged !== '' && tagged === status.commit;
}

/** The URL of `origin` from the repository's own configuration file (git-config(1) syntax, no includes). */
export async function originUrl(host: Host, checkout: string): Promise<string | undefined> {
	const text = (await host.files.readText(join(checkout, '.git', 'config'))) ?? '';
	let inOrigin = false;
	for (const line of text.split('\n')) {
		const section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1];
		if (section !== undefined) inOrigin = section === 'remote "origin"';
		const value = inOrigin ? /^\s*url\s*=\s*(.*?)\s*$/.exec(line)?.[1] : undefined;
		if (value !== undefined) return value.replace(/^"(.*)"$/, '$1').replace(/\\(["\\])/g, '$1');
	}
	return undefined;
}

async function orphans(host: Host, root: string, folders: readonly string[]): Promise<string[]> {
	const known = new Set(folders);
	const found: string[] = [];
	for (const name of await host.files.list(root)) {
		if (name.startsWith('.') || known.has(name)) continue;
		if (await host.files.exists(join(root, name, '.git'))) found.push(name);
	}
	return found;
}
