import {
	cloneAll as cloneComponents,
	openSettings,
	type SourceResult,
	selectComponents,
} from '@occo/workspace';
import {wholeNumber} from '../arguments.ts';
import type {Command, Style} from '../command.ts';
import {escapeLine} from '../escape.ts';
import {table} from '../style.ts';

/** The answer of `occo clone-all`. */
export interface SourcesAnswer {
	readonly components: readonly SourceResult[];
}

/** What is shown first stands last, where the eye is when a long list ends. */
const states: readonly SourceResult['state'][] = [
	'present',
	'unchanged',
	'cloned',
	'updated',
	'skipped',
	'failed',
];

/** `occo clone-all`. */
export const cloneAll: Command<SourcesAnswer> = {
	name: 'clone-all',
	summary: 'Clone every component that is missing',
	usage: 'clone-all [COMPONENT...]',
	description:
		'A checkout appears whole or not at all, also when this is interrupted; run it again to go on. What is there is never touched. One failure does not stop the others; the exit code is then 1.\n\nIt never asks for a password: use an ssh agent or a credential helper (`git help credentials`). Submodules are not fetched and hooks are not run.',
	options: {
		timeout: {
			type: 'string',
			value: 'SECONDS',
			summary: 'Give a server up that sends nothing for so long (default: 60); it is asked three times',
		},
	},
	examples: [
		['occo clone-all', 'all components of occo.yaml'],
		["occo clone-all util 'info-*'", 'some of them'],
		['occo clone-all --jobs 16 --json', 'more at once, and the answer as data'],
	],
	completes: 'components',
	run: async ({host, jobs}, {positionals, options}) => {
		const inactivity = (wholeNumber(options.timeout, 'timeout') ?? 60) * 1000;
		const settings = await openSettings(host);
		const chosen = selectComponents(settings.components, positionals);
		return {
			components: await cloneComponents(host, settings, chosen, {jobs: jobs(chosen.length), inactivity}),
		};
	},
	print: ({components}, style) => {
		const shown = components
			.filter(({state}) => state !== 'present' && state !== 'unchanged')
			.sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
		const rows = shown.map(one => row(one, style));
		return [...(rows.length > 0 ? [table(rows, style.columns)] : []), summaryText(components)].join('\n');
	},
	failed: ({components}) => components.some(({state}) => state === 'failed'),
};

function row({name, state, commit, message}: SourceResult, style: Style): string[] {
	const paint = state === 'failed' ? style.bad : state === 'skipped' ? style.warn : style.good;
	const said =
		message === undefined ? style.dim(commit?.slice(0, 12) ?? 'empty repository') : escapeLine(message);
	return [paint(state), escapeLine(name), said];
}

/** `8 components: 7 cloned, 1 failed`. */
export function summaryText(components: readonly SourceResult[]): string {
	const counts = states
		.map(state => [state, components.filter(one => one.state === state).length] as const)
		.filter(([, count]) => count > 0)
		.map(([state, count]) => `${count} ${state === 'present' ? 'already there' : state}`);
	const noun = components.length === 1 ? 'component' : 'components';
	return `${components.length} ${noun}: ${counts.join(', ') || 'nothing to do'}`;
}
