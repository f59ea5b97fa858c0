import {join} from 'node:path';
import type {Ecosystem} from '@occo/ecosystems';
import {type Host, mapPool} from '@occo/host';
import {
	type Component,
	type ComponentSettings,
	didYouMean,
	isOccoError,
	OccoError,
	type Package,
	quoted,
} from '@occo/model';
import {type Flags, findRoot, readLayers, readOuterLayers} from './settings/layers.ts';
import {resolveSettings, type Settings} from './settings/resolve.ts';

/** The settings of a workspace and where it is. */
export interface OpenSettings extends Settings {
	/** Absolute folder of the workspace. */
	readonly root: string;
}

/** A workspace with its checkouts read. */
export interface Workspace extends OpenSettings {
	/** What is on disk and was read, sorted by name; components without a package (documentation) are not in it. */
	readonly read: readonly Component[];
	/** Components whose checkout is not there. */
	readonly missing: readonly string[];
	/** Components whose checkout is there but holds no package of a known ecosystem. */
	readonly plain: readonly string[];
}

/** Finds the workspace from the host's folder upwards and reads its configuration. */
export async function openSettings(host: Host, flags: Flags = {}): Promise<OpenSettings> {
	const root = await findRoot(host);
	return {root, ...resolveSettings(await readLayers(host, root, flags))};
}

/** The settings of the workspace, or of none: an upload of a bundle works anywhere. */
export async function openSettingsOr(host: Host, flags: Flags = {}): Promise<OpenSettings> {
	try {
		return await openSettings(host, flags);
	} catch (error) {
		if (!isOccoError(error) || error.code !== 'OCCO_NO_WORKSPACE') throw error;
		return {root: host.cwd, ...resolveSettings(await readOuterLayers(host, flags))};
	}
}

/** Opens the workspace and reads each checkout once, in parallel; nothing in it is run. */
export async function openWorkspace(
	host: Host,
	ecosystems: readonly Ecosystem[],
	flags: Flags = {},
): Promise<Workspace> {
	const settings = await openSettings(host, flags);
	const states = await mapPool(settings.components, 16, component =>
		readComponent(host, settings.root, component, ecosystems),
	);
	const named = settings.components.map((component, index) => ({component, state: states[index]}));
	return {
		...settings,
		read: named.flatMap(({component, state}) =>
			typeof state === 'object' ? {...component, read: state} : [],
		),
		missing: named.flatMap(({component, state}) => (state === 'missing' ? component.name : [])),
		plain: named.flatMap(({component, state}) => (state === 'plain' ? component.name : [])),
	};
}

async function readComponent(
	host: Host,
	root: string,
	component: ComponentSettings,
	ecosystems: readonly Ecosystem[],
): Promise<Package | 'missing' | 'plain'> {
	const checkout = await host.files.stat(join(root, component.folder));
	if (checkout?.type !== 'folder') return 'missing';
	return (await readPackage(host, root, component, ecosystems)) ?? 'plain';
}

/** The package of a component that is on disk; `undefined` when its folder holds none. */
export async function readPackage(
	host: Host,
	root: string,
	component: ComponentSettings,
	ecosystems: readonly Ecosystem[],
): Promise<Package | undefined> {
	const relative = component.path === '.' ? component.folder : `${component.folder}/${component.path}`;
	const asked = component.ecosystem;
	const found = (
		await Promise.all(
			ecosystems
				.filter(({name}) => asked === undefined || asked === name)
				.map(ecosystem => ecosystem.read(host, join(root, relative), relative)),
		)
	).filter(one => one !== undefined);
	if (found.length > 1) {
		throw new OccoError(
			'OCCO_ECOSYSTEM',
			`component ${quoted(component.name)}: \`${relative}\` is a package of ${found.map(one => `\`${one.ecosystem}\``).join(' and ')}`,
			{
				place: component.place,
				component: component.name,
				hint: `say which one is meant: \`ecosystem: ${found[0]?.ecosystem}\``,
			},
		);
	}
	return found[0];
}

/**
 * The components that names and globs (`*` for any text) mean, in the list's order; all when there are none. Throws
 * `OCCO_COMPONENT` at one that matches nothing, with the nearest name.
 */
export function selectComponents<T extends {readonly name: string}>(
	all: readonly T[],
	wanted: readonly string[],
): readonly T[] {
	if (wanted.length === 0) return all;
	const chosen = new Set<string>();
	for (const word of wanted) {
		const pattern = new RegExp(`^${word.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`);
		const matches = all.filter(({name}) => pattern.test(name));
		if (matches.length === 0) {
			const names = all.map(({name}) => name);
			throw new OccoError('OCCO_COMPONENT', `there is no component ${quoted(word)}`, {
				hint:
					didYouMean(word, names) ??
					(names.length > 0 ? `components: ${names.slice(0, 12).join(', ')}` : 'occo.yaml lists none'),
			});
		}
		for (const {name} of matches) chosen.add(name);
	}
	return all.filter(({name}) => chosen.has(name));
}

/** Throws unless a component's checkout is on disk and holds a package. */
export function requireRead(workspace: Workspace, name: string): Component {
	const component = workspace.read.find(one => one.name === name);
	if (component) return component;
	if (workspace.missing.includes(name)) {
		throw new OccoError('OCCO_COMPONENT_MISSING', `${quoted(name)} is not checked out`, {
			component: name,
			hint: `run \`occo clone-all ${name}\``,
		});
	}
	throw new OccoError('OCCO_COMPONENT_PLAIN', `${quoted(name)} holds no npm or Python package`, {
		component: name,
		hint: 'set `package: false` for it in occo.yaml, or `path:` to the folder of its package',
	});
}
