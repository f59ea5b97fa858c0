import {didYouMean, formatPlace, lookUp, OccoError, plainValue, quoted, type Setting} from '@occo/model';
import {openSettings} from '@occo/workspace';
import type {Command} from '../command.ts';
import {escapeText} from '../escape.ts';

/** One value and where it comes from. */
interface Explained {
	readonly path: string;
	readonly value: unknown;
	readonly layer: string;
	readonly file: string;
	readonly line?: number;
}

/** The answer of `occo config`. */
export interface ConfigAnswer {
	/** Relative folder is `.`: the workspace itself. */
	readonly root: string;
	readonly config: unknown;
	/** With `--explain`: every value below the path. */
	readonly explained?: readonly Explained[];
}

/** `occo config`. */
export const config: Command<ConfigAnswer> = {
	name: 'config',
	summary: 'Show the merged configuration, and where each value comes from',
	usage: 'config [--explain PATH]',
	description:
		'The layers, low to high: your own file (config.yaml in the configuration folder of occo), the files that `extends` names, occo.yaml, occo.local.yaml, environment variables, flags. Maps merge, other values replace, `key+:` appends and `key-:` removes.',
	options: {
		explain: {
			type: 'string',
			value: 'PATH',
			summary: 'Say which file and line gave each value below this path',
		},
	},
	examples: [
		['occo config', 'the whole configuration after merging'],
		['occo config --explain components.util', 'who said what about `util`'],
		['occo config --explain registry --json', 'the same as data'],
	],
	run: async ({host}, {options}) => {
		const {root, origins} = await openSettings(host);
		const whole = plainValue(origins);
		if (typeof options.explain !== 'string') return {root, config: whole};
		const path = options.explain.split('.').filter(Boolean);
		const setting = lookUp(origins, path);
		if (setting === undefined) {
			const parent = lookUp(origins, path.slice(0, -1));
			const known = parent?.type === 'section' ? [...parent.entries.keys()] : [];
			const hint =
				didYouMean(path.at(-1) ?? '', known) ??
				(known.length > 0 ? `known there: ${known.join(', ')}` : undefined);
			throw new OccoError(
				'OCCO_CONFIG_PATH',
				`the configuration has no ${quoted(options.explain)}`,
				hint ? {hint} : {},
			);
		}
		return {root, config: plainValue(setting), explained: explain(setting, path)};
	},
	print: ({config: value, explained}) => {
		if (explained === undefined) return yamlText(value, '').join('\n');
		return explained
			.map(
				one =>
					`${escapeText(one.path)}: ${escapeText(String(one.value))}\n    ${one.layer}, ${escapeText(formatPlace(one))}`,
			)
			.join('\n');
	},
};

function explain(setting: Setting, path: readonly string[]): Explained[] {
	if (setting.type === 'section')
		return [...setting.entries].flatMap(([key, value]) => explain(value, [...path, key]));
	const {layer, place} = setting.origin;
	const value =
		setting.type === 'list' ? `[${(plainValue(setting) as unknown[]).join(', ')}]` : plainValue(setting);
	return [
		{
			path: path.join('.'),
			value,
			layer,
			file: place.file,
			...(place.line === undefined ? {} : {line: place.line}),
		},
	];
}

function yamlText(value: unknown, indent: string): string[] {
	return Object.entries(value as object).flatMap(([key, one]) => {
		const name = `${indent}${escapeText(key)}:`;
		if (Array.isArray(one)) return [`${name} [${one.map(item => escapeText(String(item))).join(', ')}]`];
		if (typeof one === 'object' && one !== null) return [name, ...yamlText(one, `${indent}  `)];
		return [one === null ? name : `${name} ${escapeText(String(one))}`];
	});
}
