import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Host} from '@occo/host';
import type {FileTree} from './file-tree.ts';
import {writeFiles} from './file-tree.ts';
import {gitRepository, type Repository, type RepositoryLiteral} from './git-repository.ts';
import {type RealHostOptions, realHost} from './real-host.ts';
import {type Scope, temporaryFolder} from './temporary-folder.ts';

/** A component: its files, or a whole repository with settings for the workspace file. */
export type ComponentLiteral =
	| FileTree
	| {readonly repository: RepositoryLiteral; readonly settings?: Readonly<Record<string, unknown>>};

/** A workspace on disk with its remotes. */
export interface TestWorkspace {
	/** Holds everything: `remotes/`, `workspace/`, `home/`. */
	readonly folder: string;
	/** The workspace: the folder of `occo.yaml`. */
	readonly root: string;
	/** The bare repositories by component. */
	readonly remotes: Readonly<Record<string, Repository>>;
	/** The real machine with `root` as cwd and its home in `folder`. */
	readonly host: Host;
}

/**
 * Makes a bare remote of every component and a workspace file that names them by `file:` URL; nothing is cloned. `top`
 * are further top-level keys of the workspace file.
 */
export async function workspaceOf(
	t: Scope,
	components: Readonly<Record<string, ComponentLiteral>>,
	options: RealHostOptions & {readonly top?: Readonly<Record<string, unknown>>} = {},
): Promise<TestWorkspace> {
	const folder = await temporaryFolder(t);
	const root = join(folder, 'workspace');
	const entries: Record<string, unknown> = {};
	const remotes: Record<string, Repository> = {};
	for (const [name, literal] of Object.entries(components)) {
		const {repository, settings} = asRepository(literal);
		const bare = join(folder, 'remotes', `${name}.git`);
		remotes[name] = await gitRepository(bare, {...repository, bare: true});
		entries[name] = {git: pathToFileURL(bare).href, ...settings};
	}
	await writeFiles(root, {'occo.yaml': workspaceFile(entries, options.top ?? {})});
	const host = await realHost(folder, {cwd: root, ...options});
	return {folder, root, remotes, host};
}

function asRepository(literal: ComponentLiteral): {
	repository: RepositoryLiteral;
	settings: Readonly<Record<string, unknown>>;
} {
	if ('repository' in literal && typeof literal.repository === 'object' && !isFile(literal.repository)) {
		const {repository, settings = {}} = literal as Exclude<ComponentLiteral, FileTree>;
		return {repository, settings};
	}
	return {repository: {files: literal as FileTree}, settings: {}};
}

function isFile(value: object): boolean {
	return value instanceof Uint8Array || 'executable' in value || 'link' in value;
}

/** YAML whose values are JSON, one component a line. */
function workspaceFile(
	components: Readonly<Record<string, unknown>>,
	top: Readonly<Record<string, unknown>>,
): string {
	const line =
		(indent: string) =>
		([key, value]: [string, unknown]) =>
			`${indent}${JSON.stringify(key)}: ${JSON.stringify(value)}\n`;
	return [
		...Object.entries({protocols: ['file'], ...top}).map(line('')),
		'components:\n',
		...Object.entries(components).map(line('  ')),
	].join('');
}
