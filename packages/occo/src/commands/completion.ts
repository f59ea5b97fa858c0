import {OccoError} from '@occo/model';
import type {Command} from '../command.ts';
import {commonOptions} from '../common-options.ts';
import {bash, type Completed, fish, zsh} from '../completion-scripts.ts';
import type {CommandEntry} from './index.ts';

const scripts = {bash, zsh, fish} as const;
const shells = Object.keys(scripts) as (keyof typeof scripts)[];

/** `occo completion`, over the list of commands that it is in. */
export function completion(commands: readonly CommandEntry[]): Command<{shell: string; script: string}> {
	return {
		name: 'completion',
		summary: 'Print the completion script of a shell',
		usage: 'completion bash|zsh|fish',
		description:
			'Completes commands, options, their values, and the components of the workspace around the current folder.',
		examples: [
			['source <(occo completion bash)', 'for this bash; put it in ~/.bashrc to keep it'],
			['occo completion zsh > ~/.zfunc/_occo', 'for zsh, with ~/.zfunc in fpath'],
			['occo completion fish > ~/.config/fish/completions/occo.fish', 'for fish'],
		],
		completes: shells,
		run: async (_, {positionals}) => {
			const shell = shells.find(one => one === positionals[0]);
			if (shell === undefined || positionals.length > 1) throw refusal(positionals);
			return {shell, script: scripts[shell](await completed(commands))};
		},
		print: ({script}) => script.trimEnd(),
	};
}

function refusal([shell, more]: readonly string[]): OccoError {
	const message =
		shell === undefined
			? 'the shell is missing'
			: more === undefined
				? `there is no completion for \`${shell}\``
				: 'one shell at a time';
	return new OccoError('OCCO_USAGE', message, {hint: `\`occo completion ${shells.join('|')}\``});
}

async function completed(commands: readonly CommandEntry[]): Promise<Completed[]> {
	const loaded = await Promise.all(commands.filter(({hidden}) => !hidden).map(({load}) => load()));
	return loaded.map(({name, summary, options, completes}) => ({
		name,
		summary,
		options: {...options, ...commonOptions},
		completes,
	}));
}
