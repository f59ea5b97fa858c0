import {ecosystems} from '@occo/ecosystems';
import {
	type ComponentStatus,
	openSettings,
	selectComponents,
	type WorkspaceStatus,
	workspaceStatus,
} from '@occo/workspace';
import type {Command, Style} from '../command.ts';
import {escapeLine} from '../escape.ts';
import {table} from '../style.ts';

/** `occo status`. */
export const status: Command<WorkspaceStatus> = {
	name: 'status',
	summary: 'Show branch, changes and version of every component',
	usage: 'status [COMPONENT...]',
	description:
		'Asks no server: `↑` (ahead) and `↓` (behind) are as of the last fetch, `-` is a branch without an upstream. In the changes column `+` is staged, `*` modified, `?` untracked, `!` in conflict, `$` stashed. Checkouts that are in no entry of occo.yaml are listed below.',
	examples: [
		['occo status', 'one line for each component'],
		['occo status util --json', 'everything that is known of one, as data'],
		[
			"occo status --json | jq -r '.components[] | select(.onWanted | not).name'",
			'what is not where occo.yaml wants it',
		],
	],
	completes: 'components',
	run: async ({host, jobs}, {positionals}) => {
		const settings = await openSettings(host);
		const components = selectComponents(settings.components, positionals);
		const answer = await workspaceStatus(host, settings, ecosystems, {
			components,
			jobs: jobs(components.length),
		});
		return positionals.length > 0 ? {...answer, orphans: []} : answer;
	},
	print: ({components, orphans}, style) => {
		const header = ['component', 'version', 'branch', 'sync', 'changes', ''].map(style.dim);
		const lines =
			components.length === 0
				? ['occo.yaml lists no components']
				: [table([header, ...components.map(one => row(one, style))], style.columns)];
		if (orphans.length > 0) lines.push('', `not in occo.yaml: ${orphans.map(escapeLine).join(', ')}`);
		return lines.join('\n');
	},
};

function row(one: ComponentStatus, style: Style): string[] {
	const name = escapeLine(one.name);
	if (one.missing) return [name, '', '', '', '', style.warn('not cloned')];
	const branch = one.branch ?? (one.commit === null ? '' : `(${one.commit.slice(0, 9)})`);
	return [
		name,
		escapeLine(one.version ?? ''),
		escapeLine(branch),
		syncText(one),
		changesText(one, style),
		notes(one, style).join(', '),
	];
}

function syncText({branch, upstream, ahead, behind}: ComponentStatus): string {
	if (branch === null) return '';
	if (upstream === null || ahead === null) return '-';
	return `${ahead ? `↑${ahead}` : ''}${behind ? `↓${behind}` : ''}` || '=';
}

function changesText(one: ComponentStatus, style: Style): string {
	const counts: readonly (readonly [string, number])[] = [
		['+', one.staged],
		['*', one.modified],
		['?', one.untracked],
		['!', one.conflicts],
		['$', one.stashes],
	];
	const shown = counts.filter(([, count]) => count > 0).map(([sign, count]) => `${sign}${count}`);
	return shown.length === 0 ? style.dim('clean') : style.warn(shown.join(' '));
}

function notes(one: ComponentStatus, style: Style): string[] {
	const wanted = one.wanted ?? 'a branch';
	return [
		one.problem === undefined ? '' : style.bad(escapeLine(one.problem)),
		one.operation === null ? '' : style.bad(`${one.operation} in progress`),
		one.onWanted ? '' : style.warn(`wanted: ${escapeLine(wanted)}`),
		one.urlMismatch ? style.warn(`origin is ${escapeLine(one.url ?? '')}`) : '',
	].filter(note => note !== '');
}
