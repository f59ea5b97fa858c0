import {type Host, nodeHost} from '@occo/host';
import {isOccoError, OccoError} from '@occo/model';
import {parseArguments, wholeNumber} from './arguments.ts';
import type {Arguments, Command, Context} from './command.ts';
import type {CommandEntry} from './commands/index.ts';
import {fail} from './failure.ts';
import {startReporter} from './reporters/reporter.ts';
import {styleOf} from './style.ts';
import type {Surroundings} from './surroundings.ts';

/** Runs one command: arguments, work, answer. Its failures become messages and exit codes here. */
export async function runCommand(
	surroundings: Surroundings,
	entry: CommandEntry,
	argv: readonly string[],
): Promise<number> {
	try {
		const command = await entry.load();
		const input = parseArguments(command, argv);
		if (input.options.help) return await showHelp(surroundings, command);
		const output = await work(surroundings, command, input);
		write(surroundings, command, input, output);
		return command.failed?.(output) ? 1 : 0;
	} catch (error) {
		return fail({...surroundings, argv}, entry.name, translated(error, surroundings.signal));
	}
}

async function showHelp(surroundings: Surroundings, command: Command): Promise<number> {
	const {commandHelp} = await import('./help.ts');
	surroundings.stdout.write(`${commandHelp(command, styleOf(surroundings, surroundings.stdout))}\n`);
	return 0;
}

async function work(surroundings: Surroundings, command: Command, input: Arguments): Promise<unknown> {
	const reporter = await startReporter(surroundings, input.options);
	let host: Host | undefined;
	try {
		host = nodeHost({...surroundings, report: reporter.report});
		return await command.run(contextOf(surroundings, host, input), input);
	} finally {
		reporter.finish();
		host?.http.close();
	}
}

function write(
	{stdout, argv, env}: Surroundings,
	command: Command,
	{options}: Arguments,
	output: unknown,
): void {
	const text = options.json
		? JSON.stringify({schema: `occo/${command.name}@1`, ...(output as object)}, undefined, 2)
		: command.print(output, styleOf({argv, env}, stdout));
	if (text !== '') stdout.write(`${text}\n`);
}

function contextOf({inputIsTerminal, stderr}: Surroundings, host: Host, {options}: Arguments): Context {
	const asked = wholeNumber(options.jobs, 'jobs');
	return {
		host,
		jobs: count => asked ?? Math.max(1, Math.min(8, count)),
		interactive: inputIsTerminal && stderr.isTerminal,
	};
}

/** What breaks because everything is being stopped is no bug. */
function translated(error: unknown, signal: AbortSignal): unknown {
	if (!signal.aborted || isOccoError(error)) return error;
	return new OccoError('OCCO_INTERRUPTED', 'interrupted', {
		kind: 'interrupted',
		hint: 'what was done so far is complete; run the same command to go on',
		cause: error,
	});
}
