import {
	cloneAll as cloneComponents,
	openSettings,
	type SourceResult,
	selectComponents,
} from '@occo/workspace';
import {wholeNumber} from '../arguments.ts';
import type {Command} from '../command.ts';
import {escapeText} from '../escape.ts';
import {table} from '../style.ts';

/** The answer of `occo clone-all`. */
export interface SourcesAnswer {
	readonly components: readonly SourceResult[];
}

const attention: readonly SourceResult['state'][] = [
	'failed',
	'skipped',
	'cloned',
	'updated',
	'unchanged',
	'present',
];

/** `occo clone-all`. */
export const cloneAll: Command<SourcesAnswer> = {
	name: 'clone-all',
	summary: 'Clone every component that is missing',
	usage: 'clone-all [COMPONENT...]',
	description:
		'A checkout appears whole or not at all, also when this is interrupted; run it again to go on. What is there is never touched. One failure does not stop the others; the exit code is then 1.',
	options: {
		timeout: {
			type: 'string',
			value: 'SECONDS',
			summary: 'Give a server up that sends nothing for so long (60)',
		},
	},
	examples: [
		['occo clone-all', 'all components of occo.yaml'],
		["occo clone-all util 'info-*'", 'some of them'],
		['occo clone-all --jobs 16 --json', 'more at once, and the answer as data'],
	],
	completes: 'components',
	run: async ({host, jobs, interactive}, {positionals, options}) => {
		const settings = await openSettings(host);
		const chosen = selectComponents(settings.components, positionals);
		const inactivity = (wholeNumber(options.timeout, 'timeout') ?? 60) * 1000;
		return {
			components: await cloneComponents(host, settings, chosen, {
				jobs: jobs(chosen.length),
				inactivity,
				interactive,
			}),
		};
	},
	print: ({components}, style) => {
		const sorted = [...components].sort((a, b) => attention.indexOf(a.state) - attention.indexOf(b.state));
		const shown = sorted.filter(({state}) => state !== 'present' && state !== 'unchanged');
		const paint = (state: SourceResult['state']): string =>
			state === 'failed' ? style.bad(state) : state === 'skipped' ? style.warn(state) : style.good(state);
		const rows = shown.map(({name, state, commit, message}) => [
			paint(state),
			escapeText(name),
			message === undefined ? style.dim(commit?.slice(0, 12) ?? '') : escapeText(message),
		]);
		return [...(rows.length > 0 ? [table(rows, style.columns)] : []), summaryText(components)].join('\n');
	},
	failed: ({components}) => components.some(({state}) => state === 'failed'),
};

/** `8 components: 7 cloned, 1 failed`. */
export function summaryText(components: readonly SourceResult[]): string {
	const counts = attention
		.map(state => [state, components.filter(one => one.state === state).length] as const)
		.filter(([, count]) => count > 0)
		.map(([state, count]) => `${count} ${state === 'present' ? 'already there' : state}`);
	return `${components.length} components: ${counts.join(', ') || 'nothing to do'}`;
}
