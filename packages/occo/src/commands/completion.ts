import {OccoError} from '@occo/model';
import {commonOptions} from '../arguments.ts';
import type {Command} from '../command.ts';
import {commands} from './index.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `occo completion`. */
export const completion: Command<{shell: string; script: string}> = {
	name: 'completion',
	summary: 'Print the completion script of a shell',
	usage: 'completion bash|zsh|fish',
	examples: [
		['source <(occo completion bash)', 'for this bash; put it in ~/.bashrc to keep it'],
		['occo completion zsh > ~/.zfunc/_occo', 'for zsh, with ~/.zfunc in fpath'],
		['occo completion fish > ~/.config/fish/completions/occo.fish', 'for fish'],
	],
	completes: shells,
	run: async (_, {positionals: [shell = '']}) => {
		if (!shells.includes(shell as 'bash')) {
			throw new OccoError(
				'OCCO_USAGE',
				shell === '' ? 'which shell?' : `there is no completion for \`${shell}\``,
				{
					hint: `one of ${shells.join(', ')}`,
				},
			);
		}
		const loaded = await Promise.all(commands.map(({load}) => load()));
		const words = new Map(
			loaded.map(command => [
				command.name,
				Object.keys({...command.options, ...commonOptions}).map(name => `--${name}`),
			]),
		);
		const withComponents = loaded.filter(({completes}) => completes === 'components').map(({name}) => name);
		const script = {bash, zsh, fish}[shell as 'bash'](words, withComponents);
		return {shell, script};
	},
	print: ({script}) => script.trimEnd(),
};

type Words = ReadonlyMap<string, readonly string[]>;

/** Names of components, one a line, from the workspace of the current folder; nothing when there is none. */
const names = 'occo order 2>/dev/null';

function bash(words: Words, withComponents: readonly string[]): string {
	return `_occo() {
  local current=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...words.keys()].join(' ')} help --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}:$current" in
${[...words].map(([name, options]) => `    ${name}:-*) COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$current")) ;;`).join('\n')}
${withComponents.map(name => `    ${name}:*) COMPREPLY=($(compgen -W "$(${names})" -- "$current")) ;;`).join('\n')}
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _occo occo
`;
}

function zsh(words: Words, withComponents: readonly string[]): string {
	return `#compdef occo
_occo() {
  if (( CURRENT == 2 )); then
    compadd -- ${[...words.keys()].join(' ')} help
    return
  fi
  case "$words[2]" in
${[...words].map(([name, options]) => `    ${name}) if [[ "$PREFIX" == -* ]]; then compadd -- ${options.join(' ')}; ${withComponents.includes(name) ? `else compadd -- \${(f)"$(${names})"}; ` : 'else _files; '}fi ;;`).join('\n')}
  esac
}
compdef _occo occo
`;
}

function fish(words: Words, withComponents: readonly string[]): string {
	const lines = commands.map(
		({name, summary}) =>
			`complete -c occo -n __fish_use_subcommand -f -a ${name} -d '${summary.replaceAll("'", '')}'`,
	);
	for (const [name, options] of words) {
		for (const option of options)
			lines.push(`complete -c occo -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`);
	}
	for (const name of withComponents)
		lines.push(`complete -c occo -n '__fish_seen_subcommand_from ${name}' -f -a '(${names})'`);
	return `${lines.join('\n')}\n`;
}
