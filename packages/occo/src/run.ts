import type {CommandEntry} from './commands/index.ts';
import type {Surroundings} from './surroundings.ts';
import {version} from './version.ts';

/**
 * Runs one command line and answers its exit code. Writes nothing but the answer to standard output. What only some
 * command lines need is loaded by them: `--version` opens no file but this and two small ones.
 */
export async function run(surroundings: Surroundings): Promise<number> {
	const [name = 'help', ...rest] = surroundings.argv;
	switch (name) {
		case '--version':
		case '-V':
		case '-v':
		case 'version':
			surroundings.stdout.write(`${version}\n`);
			return 0;
		case 'help':
		case '--help':
		case '-h':
			return help(surroundings, rest[0]);
		case '-C':
			return runElsewhere(surroundings, rest);
		default:
			return runNamed(surroundings, name, rest);
	}
}

async function runNamed(surroundings: Surroundings, name: string, argv: readonly string[]): Promise<number> {
	if (name.startsWith('-') && argv.some(word => !word.startsWith('-'))) {
		// `occo --json status` is `occo status --json`.
		const index = argv.findIndex(word => !word.startsWith('-'));
		const [command = '', ...rest] = argv.slice(index);
		return runNamed(surroundings, command, [name, ...argv.slice(0, index), ...rest]);
	}
	const {commands} = await import('./commands/index.ts');
	const entry = commands.find(one => one.name === name);
	if (entry === undefined) return unknown(surroundings, name, commands);
	const {runCommand} = await import('./run-command.ts');
	return runCommand(surroundings, entry, argv);
}

/** `occo -C FOLDER COMMAND`, as git and make have it. */
async function runElsewhere(
	surroundings: Surroundings,
	[folder, ...argv]: readonly string[],
): Promise<number> {
	if (folder === undefined) return usage(surroundings, '`-C` needs a folder', '`occo -C FOLDER COMMAND`');
	const {resolve} = await import('node:path');
	return run({...surroundings, argv, cwd: resolve(surroundings.cwd, folder)});
}

async function help(surroundings: Surroundings, name: string | undefined): Promise<number> {
	const {stdout} = surroundings;
	const [{commandHelp, overview}, {styleOf}, {commands}] = await Promise.all([
		import('./help.ts'),
		import('./style.ts'),
		import('./commands/index.ts'),
	]);
	const style = styleOf(surroundings, stdout);
	if (name === undefined || name.startsWith('-')) {
		stdout.write(`${overview(commands, style)}\n`);
		return 0;
	}
	const entry = commands.find(one => one.name === name);
	if (entry === undefined) return unknown(surroundings, name, commands);
	stdout.write(`${commandHelp(await entry.load(), style)}\n`);
	return 0;
}

async function unknown(
	surroundings: Surroundings,
	name: string,
	commands: readonly CommandEntry[],
): Promise<number> {
	const {didYouMean, quoted} = await import('@occo/model');
	const what = name.startsWith('-') ? 'option' : 'command';
	const known = commands.filter(({hidden}) => !hidden).map(one => one.name);
	const hint = didYouMean(name, [...known, 'help', '--help', '--version']);
	return usage(surroundings, `unknown ${what} ${quoted(name)}`, hint ?? '`occo --help` lists the commands');
}

async function usage(surroundings: Surroundings, message: string, hint: string): Promise<number> {
	const [{OccoError}, {fail}] = await Promise.all([import('@occo/model'), import('./failure.ts')]);
	return fail(surroundings, 'occo', new OccoError('OCCO_USAGE', message, {hint}));
}
