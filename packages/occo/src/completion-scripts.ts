import type {Command, Option} from './command.ts';

/** What a shell completes of a command. */
export interface Completed {
	readonly name: string;
	readonly summary: string;
	readonly options: Readonly<Record<string, Option>>;
	readonly completes: Command['completes'];
}

/** Component names, one a line, of the workspace around the current folder; nothing when there is none. */
const names = 'occo __components 2>/dev/null';

/** The completion script of bash. */
export function bash(commands: readonly Completed[]): string {
	return `_occo() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({name}) => name).join(' ')} help --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}:$before" in
${commands.flatMap(bashValues).join('\n')}
  esac
  case "\${COMP_WORDS[1]}:$current" in
${commands.map(({name, options}) => `    ${name}:-*) COMPREPLY=($(compgen -W "${flags(options).join(' ')}" -- "$current")) ;;`).join('\n')}
${commands.flatMap(bashWords).join('\n')}
    *) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -F _occo occo
`;
}

function bashValues({name, options}: Completed): string[] {
	return Object.entries(options).flatMap(([option, {choices}]) =>
		choices === undefined
			? []
			: `    ${name}:--${option}) COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return ;;`,
	);
}

function bashWords({name, completes}: Completed): string[] {
	if (completes === undefined || completes === 'files') return [];
	const words = completes === 'components' ? `$(${names})` : completes.join(' ');
	return [`    ${name}:*) COMPREPLY=($(compgen -W "${words}" -- "$current")) ;;`];
}

/** The completion script of zsh. */
export function zsh(commands: readonly Completed[]): string {
	return `#compdef occo
_occo() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({name, summary}) => `      ${single(`${name}:${summary}`)}`).join('\n')}
    )
    _describe command commands
    return
  fi
  case "$words[2]" in
${commands.map(zshCase).join('\n')}
  esac
}
if [ "$funcstack[1]" = _occo ]; then _occo "$@"; else compdef _occo occo; fi
`;
}

function zshCase({name, options, completes}: Completed): string {
	const specs = Object.entries(options).map(([option, {summary, type, choices, value}]) => {
		const said = summary.replace(/[[\]:\\]/g, ' ');
		const values = choices ? `(${choices.join(' ')})` : value === 'FILE' || value === 'DIR' ? '_files' : ' ';
		return single(`--${option}[${said}]${type === 'string' ? `:${value ?? 'value'}:${values}` : ''}`);
	});
	const rest =
		completes === 'components'
			? `'*:component:($(${names}))'`
			: completes === 'files' || completes === undefined
				? "'*:file:_files'"
				: `'*:word:(${completes.join(' ')})'`;
	return `    ${name}) shift words; (( CURRENT-- )); _arguments ${[...specs, rest].join(' ')} ;;`;
}

/** The completion script of fish. */
export function fish(commands: readonly Completed[]): string {
	const lines = ['complete -c occo -f'];
	for (const {name, summary, options, completes} of commands) {
		lines.push(`complete -c occo -n __fish_use_subcommand -a ${name} -d ${single(summary)}`);
		const here = `complete -c occo -n '__fish_seen_subcommand_from ${name}'`;
		for (const [option, {summary: said, type, short, choices}] of Object.entries(options)) {
			const values = type === 'boolean' ? '' : choices ? ` -x -a ${single(choices.join(' '))}` : ' -r -F';
			lines.push(`${here} -l ${option}${short ? ` -s ${short}` : ''}${values} -d ${single(said)}`);
		}
		if (completes === 'components') lines.push(`${here} -a '(${names})'`);
		else if (completes === 'files' || completes === undefined) lines.push(`${here} -F`);
		else lines.push(`${here} -a ${single(completes.join(' '))}`);
	}
	return `${lines.join('\n')}\n`;
}

function flags(options: Readonly<Record<string, Option>>): string[] {
	return Object.keys(options).map(name => `--${name}`);
}

/** Single-quoted for all three shells. */
function single(text: string): string {
	return `'${text.replaceAll("'", '’')}'`;
}
