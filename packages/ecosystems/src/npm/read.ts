import {join} from 'node:path';
import type {Host} from '@occo/host';
import {type Kind, type Manifest, OccoError, type Package, type Requirement} from '@occo/model';
import {keyPositions, lineAndColumn} from './json-positions.ts';
import {parseSpec} from './spec.ts';

/** Scripts that npm and pnpm run before packing, or that teams run to make what they publish. */
const buildScripts = ['prepare', 'prepack', 'build'] as const;

const sections: readonly (readonly [section: string, kind: Kind])[] = [
	['dependencies', 'run'],
	['optionalDependencies', 'optional'],
	['peerDependencies', 'peer'],
	['devDependencies', 'test'],
];

/** A package.json as it came from a repository: any shape. */
type Json = Readonly<Record<string, unknown>>;

/** Reads a folder's npm manifests (`package.json`, `pnpm-workspace.yaml`, `test/pnpm-workspace.yaml`); runs nothing. */
export async function readNpmPackage(
	host: Host,
	folder: string,
	relative: string,
): Promise<Package | undefined> {
	const text = await host.files.readText(join(folder, 'package.json'));
	if (text === undefined) return undefined;
	const file = `${relative}/package.json`;
	const json = parseManifest(text, file);
	const scripts = isJson(json.scripts) ? json.scripts : {};
	const builds = buildScripts.some(name => typeof scripts[name] === 'string');
	const pins = await Promise.all(
		(
			[
				['deploy', 'pnpm-workspace.yaml'],
				['test', 'test/pnpm-workspace.yaml'],
			] as const
		).map(async ([role, name]) => {
			const content = await host.files.readText(join(folder, name));
			if (content === undefined) return [];
			const {readOverrides} = await import('./read-overrides.ts');
			return [await readOverrides(content, role, `${relative}/${name}`)];
		}),
	);
	return {
		ecosystem: 'npm',
		name: requiredText(json, 'name', text, file),
		version:
			json.private === true && json.version === undefined
				? '0.0.0'
				: requiredText(json, 'version', text, file),
		private: json.private === true,
		bin: binNames(json),
		builds,
		manifests: [
			{role: 'abstract', file, requirements: requirementsOf(json, text, file, builds)},
			...pins.flat(),
		] satisfies Manifest[],
	};
}

function isJson(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON of a manifest; throws `OCCO_MANIFEST` with the place of what is broken. */
export function parseManifest(text: string, file: string): Json {
	let json: unknown;
	try {
		json = JSON.parse(text.replace(/^\ufeff/, ''));
	} catch (error) {
		const message = (error as Error).message;
		const offset = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
		throw new OccoError('OCCO_MANIFEST', `not valid JSON: ${message.split(' in JSON')[0]}`, {
			place: {file, ...lineAndColumn(text, offset)},
		});
	}
	if (isJson(json)) return json;
	throw new OccoError('OCCO_MANIFEST', 'the manifest must be an object', {place: {file, line: 1, column: 1}});
}

function requiredText(json: Json, key: string, text: string, file: string): string {
	const value = json[key];
	if (typeof value === 'string' && value !== '') return value;
	const offset = keyPositions(text).get(JSON.stringify([key])) ?? 0;
	throw new OccoError(
		'OCCO_MANIFEST',
		value === undefined ? `\`${key}\` is missing` : `\`${key}\` must be a text`,
		{
			place: {file, ...lineAndColumn(text, offset)},
		},
	);
}

function binNames(json: Json): string[] {
	if (typeof json.bin === 'string')
		return typeof json.name === 'string' ? [json.name.replace(/^@[^/]*\//, '')] : [];
	return isJson(json.bin) ? Object.keys(json.bin).sort() : [];
}

function requirementsOf(json: Json, text: string, file: string, builds: boolean): Requirement[] {
	const positions = keyPositions(text);
	return sections.flatMap(([section, kind]) => {
		const entries = json[section];
		if (!isJson(entries)) return [];
		return Object.entries(entries).map(([name, spec]) => {
			const place = {file, ...lineAndColumn(text, positions.get(JSON.stringify([section, name])) ?? 0)};
			if (typeof spec !== 'string') {
				throw new OccoError('OCCO_MANIFEST', `\`${section}.${name}\` must be a text`, {place});
			}
			return {...parseSpec(name, spec), kind: kind === 'test' && builds ? 'build' : kind, place};
		});
	});
}
