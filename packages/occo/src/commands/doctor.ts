import {ecosystems, type Tool} from '@occo/ecosystems';
import {examine} from '@occo/workspace';
import type {Command} from '../command.ts';
import {escapeText} from '../escape.ts';
import {table} from '../style.ts';
import {version} from '../version.ts';

/** The answer of `occo doctor`. */
export interface DoctorAnswer {
	readonly ok: boolean;
	readonly tools: readonly Tool[];
}

/** `occo doctor`. */
export const doctor: Command<DoctorAnswer> = {
	name: 'doctor',
	summary: 'Show which tools are there, and how to get what is missing',
	usage: 'doctor',
	examples: [['occo doctor', 'what occo finds on this machine']],
	run: async ({host}) => {
		const own: Tool = {name: 'occo', version, needed: '', ok: true};
		const tools = [own, ...(await examine(host, ecosystems))];
		return {ok: tools.every(({ok}) => ok), tools};
	},
	print: ({tools}, style) => {
		const rows = tools.map(({name, version: found, needed, ok}) => [
			ok ? style.good('ok') : style.bad('no'),
			name,
			escapeText(found ?? 'missing'),
			needed === '' ? '' : style.dim(`for ${needed}`),
		]);
		const hints = tools
			.filter(({ok, hint}) => !ok && hint)
			.map(({name, hint}) => `${style.warn('hint:')} ${name}: ${escapeText(hint ?? '')}`);
		return [table(rows, style.columns), ...hints].join('\n');
	},
	failed: ({ok}) => !ok,
};
