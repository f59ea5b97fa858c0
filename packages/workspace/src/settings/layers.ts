import {dirname, isAbsolute, join, relative, resolve} from 'node:path';
import type {Host} from '@occo/host';
import {checkLayer, OccoError, overlay, type Section, type Setting, settingError} from '@occo/model';
import {readSettings} from './yaml.ts';

/** The name of the workspace file. */
export const workspaceFile = 'occo.yaml';

/** Flags of the command line that are configuration, by their path in the workspace file. */
export type Flags = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Environment variables that are configuration, by their path in the workspace file. */
const environment: Readonly<Record<string, string>> = {
	OCCO_REGISTRY: 'registry',
	OCCO_UPSTREAM: 'upstream',
	OCCO_TARGETS_NPM: 'targets.npm',
	OCCO_TARGETS_PYTHON: 'targets.python',
};

/** The folder of the workspace that a folder lies in: the nearest one upwards with an `occo.yaml`. */
export async function findRoot(host: Host): Promise<string> {
	for (let folder = host.cwd; ; folder = dirname(folder)) {
		if (await host.files.exists(join(folder, workspaceFile))) return folder;
		if (folder === dirname(folder)) break;
	}
	throw new OccoError(
		'OCCO_NO_WORKSPACE',
		`no \`${workspaceFile}\` in \`${host.cwd}\` or any folder above it`,
		{
			hint: 'go into a workspace, or make one here with `occo init`',
		},
	);
}

/**
 * All layers of configuration, merged, low to high: user file, `extends`, workspace file, `occo.local.yaml`,
 * environment, flags. Each is checked by itself, so that an error points into its file.
 */
export async function readLayers(host: Host, root: string, flags: Flags = {}): Promise<Section> {
	return merged([
		await userLayer(host),
		...(await readWithExtends(host, root, join(root, workspaceFile), 'workspace', [])),
		await readChecked(host, join(root, 'occo.local.yaml'), 'occo.local.yaml', 'local'),
		...outerLayers(host, flags),
	]);
}

/** The layers that there are outside of any workspace: user file, environment, flags. */
export async function readOuterLayers(host: Host, flags: Flags): Promise<Section> {
	return merged([await userLayer(host), ...outerLayers(host, flags)]);
}

function userLayer(host: Host): Promise<Section | undefined> {
	const path = join(host.folders.config, 'config.yaml');
	return readChecked(host, path, path, 'user');
}

function outerLayers(host: Host, flags: Flags): readonly (Section | undefined)[] {
	const variables = Object.entries(environment).map(([name, path]) => [path, host.env[name], name] as const);
	const given = Object.entries(flags).map(
		([path, value]) => [path, value, `--${path.split('.')[0]}`] as const,
	);
	return [fromPairs(variables, 'environment'), fromPairs(given, 'flag')];
}

function merged(layers: readonly (Section | undefined)[]): Section {
	const origin = {layer: 'default', place: {file: workspaceFile}};
	const empty: Section = {type: 'section', entries: new Map(), origin};
	return layers.reduce<Section>(
		(below, layer) => (layer === undefined ? below : overlay(below, layer)),
		empty,
	);
}

async function readChecked(
	host: Host,
	path: string,
	shown: string,
	layer: string,
): Promise<Section | undefined> {
	const section = await readSettings(host, path, shown, layer);
	if (section !== undefined) checkLayer(section);
	return section;
}

async function readWithExtends(
	host: Host,
	root: string,
	path: string,
	layer: string,
	via: readonly string[],
): Promise<Section[]> {
	const shown = relative(root, path).split('\\').join('/');
	const section = await readChecked(host, path, shown, layer);
	if (section === undefined)
		throw new OccoError('OCCO_CONFIG', `\`${shown}\` is not there`, {place: {file: via.at(-1) ?? shown}});
	const below: Section[] = [];
	const extended = section.entries.get('extends');
	for (const item of extended === undefined ? [] : extended.type === 'list' ? extended.items : [extended]) {
		const target = extendedPath(item, root, path);
		if (target === path || via.includes(target))
			throw settingError(item, `\`extends\` goes round in a circle`);
		if (!(await host.files.exists(target)))
			throw settingError(item, `\`${relative(root, target)}\` is not there`);
		below.push(...(await readWithExtends(host, root, target, 'extends', [...via, path])));
	}
	const entries = new Map([...section.entries].filter(([key]) => key !== 'extends'));
	return [...below, {...section, entries}];
}

function extendedPath(item: Setting, root: string, from: string): string {
	const value = item.type === 'scalar' ? item.value : null;
	if (value === null || value === '') throw settingError(item, '`extends` needs the path of a file');
	if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
		throw settingError(
			item,
			`\`extends: ${value}\`: only local files can be extended`,
			'fetch it and name the copy',
		);
	}
	const target = resolve(dirname(from), value);
	const inside = relative(root, target);
	if (isAbsolute(value) || inside.startsWith('..') || isAbsolute(inside)) {
		throw settingError(item, `\`extends: ${value}\` leads out of the workspace`);
	}
	return target;
}

function fromPairs(
	pairs: readonly (readonly [path: string, value: string | readonly string[] | undefined, source: string])[],
	layer: string,
): Section | undefined {
	let whole: Section | undefined;
	for (const [path, value, source] of pairs) {
		if (value === undefined || value === '') continue;
		const origin = {layer, place: {file: source}};
		const scalar = (text: string): Setting => ({type: 'scalar', value: text.trim(), origin});
		const texts = typeof value === 'string' ? value.split(',') : value;
		let setting: Setting = path.startsWith('targets')
			? {type: 'list', items: texts.map(scalar), origin}
			: scalar(typeof value === 'string' ? value : (value[0] ?? ''));
		for (const key of path.split('.').reverse())
			setting = {type: 'section', entries: new Map([[key, setting]]), origin};
		checkLayer(setting as Section);
		whole = whole === undefined ? (setting as Section) : overlay(whole, setting as Section);
	}
	return whole;
}
