import {ecosystems} from '@occo/ecosystems';
import {
	type ComponentStatus,
	openWorkspace,
	selectComponents,
	type WorkspaceStatus,
	workspaceStatus,
} from '@occo/workspace';
import type {Command, Style} from '../command.ts';
import {escapeText} from '../escape.ts';
import {table} from '../style.ts';

/** `occo status`. */
export const status: Command<WorkspaceStatus> = {
	name: 'status',
	summary: 'Show branch, changes and version of every component',
	usage: 'status [COMPONENT...]',
	description:
		'Asks no server: ahead and behind are as of the last fetch. In the changes column `+` is staged, `*` modified, `?` untracked, `!` in conflict, `$` stashed.',
	examples: [
		['occo status', 'one line for each component'],
		['occo status util --json', 'everything that is known of one, as data'],
	],
	completes: 'components',
	run: async ({host, jobs}, {positionals}) => {
		const workspace = await openWorkspace(host, ecosystems);
		const chosen = selectComponents(workspace.components, positionals);
		const answer = await workspaceStatus(host, workspace, chosen, jobs(chosen.length));
		return positionals.length > 0 ? {...answer, orphans: []} : answer;
	},
	print: ({components, orphans}, style) => {
		const header = ['component', 'version', 'branch', 'sync', 'changes', ''].map(style.dim);
		const lines = [table([header, ...components.map(one => row(one, style))], style.columns)];
		if (orphans.length > 0) lines.push('', `not in occo.yaml: ${orphans.map(escapeText).join(', ')}`);
		return lines.join('\n');
	},
};

function row(one: ComponentStatus, style: Style): string[] {
	if (one.missing) return [escapeText(one.name), '', '', '', '', style.warn('not checked out')];
	const branch = one.branch ?? `(${one.commit?.slice(0, 9) ?? 'no commit'})`;
	const sync =
		[one.ahead ? `↑${one.ahead}` : '', one.behind ? `↓${one.behind}` : ''].join('') ||
		(one.upstream === null ? '-' : '=');
	const changes = (
		[
			['+', one.staged],
			['*', one.modified],
			['?', one.untracked],
			['!', one.conflicts],
			['$', one.stashes],
		] as const
	)
		.filter(([, count]) => count > 0)
		.map(([sign, count]) => `${sign}${count}`)
		.join(' ');
	const notes = [
		one.operation === null ? '' : style.bad(`${one.operation} in progress`),
		one.onWanted ? '' : style.warn(`wanted: ${escapeText(one.wanted ?? 'a branch')}`),
		one.urlMismatch ? style.warn(`origin is ${escapeText(one.url ?? '')}`) : '',
	].filter(Boolean);
	return [
		escapeText(one.name),
		escapeText(one.version ?? ''),
		escapeText(branch),
		sync,
		changes === '' ? style.dim('clean') : style.warn(changes),
		notes.join(', '),
	];
}
