import {plainKey, type Section, type Setting, settingError} from './settings.ts';
import {didYouMean} from './suggest.ts';

/** What a key of the workspace file takes. */
export type Schema =
	| {readonly type: 'string'; readonly about: string; readonly choices?: readonly string[]}
	| {readonly type: 'boolean'; readonly about: string}
	| {readonly type: 'list'; readonly about: string; readonly of: Schema}
	| {readonly type: 'section'; readonly about: string; readonly keys: Readonly<Record<string, Schema>>}
	/** A section with names of the user's own. */
	| {readonly type: 'names'; readonly about: string; readonly of: Schema}
	| {readonly type: 'either'; readonly about: string; readonly of: readonly Schema[]};

const string = (about: string, choices?: readonly string[]): Schema => ({
	type: 'string',
	about,
	...(choices ? {choices} : {}),
});
const boolean = (about: string): Schema => ({type: 'boolean', about});
const list = (about: string, of: Schema): Schema => ({type: 'list', about, of});

const servers = (about: string): Schema => ({
	type: 'either',
	about,
	of: [
		string('One URL for all: npm at `/`, Python at `/-/pypi/`.'),
		{
			type: 'section',
			about: 'A URL for each ecosystem.',
			keys: {npm: string('URL of the npm registry.'), python: string('URL of the Python index.')},
		},
	],
});

const component: Schema = {
	type: 'section',
	about: 'One component. The section `"*"` is the base of all.',
	keys: {
		git: string('URL of its repository; may hold references such as the component’s own name.'),
		branch: string('Branch to follow.'),
		tag: string('Tag to stay at.'),
		commit: string('Full commit id to stay at.'),
		folder: string("Folder of the checkout in the workspace; the component's name by default."),
		path: string('Folder of the package inside its repository.'),
		ecosystem: string('Its packaging world, where its files leave that open.', ['npm', 'python']),
		package: boolean('Whether `occo package --all` packages it (`true`).'),
		publish: boolean('Whether `occo upload` publishes it (`true`).'),
		like: string('Name of another component whose settings are the base of these.'),
	},
};

/** Every key of `occo.yaml`, with what it means: the one source for checks, JSON Schema and reference. */
export const workspaceSchema: Schema & {readonly type: 'section'} = {
	type: 'section',
	about: 'The workspace file of occo.',
	keys: {
		extends: list(
			'Files below this one, left to right; paths relative to this file.',
			string('Path of a YAML file.'),
		),
		protocols: list(
			'Protocols that git may use (`[https, ssh]`).',
			string('A protocol.', ['https', 'ssh', 'http', 'git', 'file']),
		),
		components: {type: 'names', about: 'The components by name.', of: component},
		registry: servers('The private registry that `occo upload` publishes to.'),
		upstream: servers("Where public packages come from; by default what npm's own configuration says."),
		targets: {
			type: 'section',
			about: 'The places that bundles must install on; the machine itself by default.',
			keys: {
				npm: list('`OS CPU [LIBC]` in Node’s words: `linux arm64 musl`.', string('A target.')),
				python: list('`VERSION OS ARCHITECTURE`: `3.11 linux x86_64`.', string('A target.')),
			},
		},
	},
};

/** Checks a layer of configuration; throws `OCCO_CONFIG` at the first wrong thing, with its place. */
export function checkLayer(layer: Section): void {
	check(layer, workspaceSchema, []);
}

function check(setting: Setting, schema: Schema, path: readonly string[]): void {
	if (setting.type === 'scalar' && setting.value === null) return;
	const where = path.length === 0 ? 'the workspace file' : `\`${path.join('.')}\``;
	switch (schema.type) {
		case 'either':
			check(setting, schema.of.find(one => fits(setting, one)) ?? (schema.of[0] as Schema), path);
			break;
		case 'list':
			if (setting.type === 'section') throw settingError(setting, `${where} must be a list`);
			for (const item of setting.type === 'list' ? setting.items : [setting]) check(item, schema.of, path);
			break;
		case 'names':
		case 'section':
			if (setting.type !== 'section') throw settingError(setting, `${where} must be a map of keys`);
			checkKeys(setting, schema, path);
			break;
		default:
			checkScalar(setting, schema, where);
	}
}

function checkScalar(setting: Setting, schema: Schema & {type: 'string' | 'boolean'}, where: string): void {
	if (setting.type !== 'scalar') throw settingError(setting, `${where} must be a text`);
	const value = setting.value ?? '';
	const choices = schema.type === 'boolean' ? ['true', 'false'] : schema.choices;
	if (choices === undefined || choices.includes(value) || value.includes('${')) return;
	throw settingError(
		setting,
		`${where}: \`${value}\` is not one of ${choices.join(', ')}`,
		didYouMean(value, choices),
	);
}

function fits(setting: Setting, schema: Schema): boolean {
	return (setting.type === 'section') === (schema.type === 'section' || schema.type === 'names');
}

function checkKeys(
	setting: Section,
	schema: Schema & {type: 'section' | 'names'},
	path: readonly string[],
): void {
	for (const [written, value] of setting.entries) {
		const key = plainKey(written);
		const below =
			schema.type === 'names' ? schema.of : Object.hasOwn(schema.keys, key) ? schema.keys[key] : undefined;
		if (below === undefined) {
			const known = schema.type === 'section' ? Object.keys(schema.keys) : [];
			const hint = didYouMean(key, known) ?? `known keys: ${known.join(', ')}`;
			throw settingError(value, `unknown key \`${[...path, key].join('.')}\``, hint);
		}
		if (!written.endsWith('-')) check(value, below, [...path, key]);
	}
}

/** The schema as JSON Schema (draft 2020-12), for editors. */
export function jsonSchema(): object {
	return {
		$schema: 'https://json-schema.org/draft/2020-12/schema',
		title: 'occo.yaml',
		...translated(workspaceSchema),
	};
}

function translated(schema: Schema): object {
	const description = schema.about;
	switch (schema.type) {
		case 'string':
			return {
				description,
				type: ['string', 'number', 'boolean', 'null'],
				...(schema.choices ? {enum: [...schema.choices]} : {}),
			};
		case 'boolean':
			return {description, type: ['boolean', 'null']};
		case 'list':
			return {description, type: ['array', 'string', 'null'], items: translated(schema.of)};
		case 'names':
			return {description, type: ['object', 'null'], additionalProperties: translated(schema.of)};
		case 'either':
			return {description, anyOf: schema.of.map(translated)};
		case 'section':
			return {
				description,
				type: ['object', 'null'],
				properties: Object.fromEntries(
					Object.entries(schema.keys).map(([key, value]) => [key, translated(value)]),
				),
				patternProperties: Object.fromEntries(
					Object.entries(schema.keys).map(([key]) => [
						`^${key}[+-]$`,
						{description: `Adds to or removes from \`${key}\`.`},
					]),
				),
				additionalProperties: false,
			};
	}
}
