import {ecosystems, type Tool} from '@occo/ecosystems';
import {examine} from '@occo/workspace';
import type {Command, Style} from '../command.ts';
import {escapeLine, escapeText} from '../escape.ts';
import {table} from '../style.ts';
import {version} from '../version.ts';

/** The answer of `occo doctor`. */
export interface DoctorAnswer {
	/** Whether everything that is needed is there. */
	readonly ok: boolean;
	readonly tools: readonly Tool[];
}

/** `occo doctor`. */
export const doctor: Command<DoctorAnswer> = {
	name: 'doctor',
	summary: 'Show which tools are there, and how to get what is missing',
	usage: 'doctor',
	description:
		'Looks for the programs that occo starts, the folders that it writes to, and, inside a workspace, at its occo.yaml and its registry. The exit code is 1 when something that is needed is missing.',
	examples: [
		['occo doctor', 'what occo finds on this machine'],
		['occo doctor --json', 'the same as data, for a report'],
	],
	completes: [],
	run: async ({host}) => {
		const own: Tool = {name: 'occo', version, needed: '', ok: true};
		const tools = [own, ...(await examine(host, ecosystems))];
		return {ok: tools.every(({ok}) => ok), tools};
	},
	print: ({tools}, style) => {
		const rows = tools.map(tool => row(tool, style));
		const hints = tools.flatMap(({name, hint}) =>
			hint ? `${style.warn('hint:')} ${name}: ${escapeText(hint)}` : [],
		);
		return [table(rows, style.columns), ...hints].join('\n');
	},
	failed: ({ok}) => !ok,
};

function row({name, version: found, needed, ok, hint}: Tool, style: Style): string[] {
	const mark = ok ? (hint ? style.warn('ok') : style.good('ok')) : style.bad('no');
	return [mark, name, escapeLine(found ?? 'missing'), needed === '' ? '' : style.dim(`for ${needed}`)];
}
