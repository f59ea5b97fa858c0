import {isolatedEnvironment} from '@occo/testkit';
import {run} from '../src/run.ts';
import type {Output} from '../src/surroundings.ts';

/** How a run ended. */
export interface Ran {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Where a run happens. */
export interface Setting {
	readonly cwd: string;
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Width of the terminal that standard error is; none when missing. */
	readonly terminal?: number;
	readonly signal?: AbortSignal;
}

/** Runs one command line in this process with captured writers. */
export async function occo({cwd, env = {}, terminal, signal}: Setting, ...argv: string[]): Promise<Ran> {
	const texts = {stdout: '', stderr: ''};
	const output = (stream: keyof typeof texts, columns: number | undefined): Output => ({
		write: text => {
			texts[stream] += text;
		},
		isTerminal: columns !== undefined,
		columns: columns ?? Number.POSITIVE_INFINITY,
		rows: 24,
	});
	const code = await run({
		argv,
		cwd,
		env: {...isolatedEnvironment(cwd), ...env},
		stdout: output('stdout', undefined),
		stderr: output('stderr', terminal),
		inputIsTerminal: false,
		signal: signal ?? new AbortController().signal,
	});
	return {code, ...texts};
}
