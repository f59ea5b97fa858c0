import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';

/** How a run of the command line ended. */
export interface OccoRun {
	/** 128 + signal number is not used here: a run ended by a signal has the code -1. */
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	/** Standard output as JSON; `undefined` when it is not one JSON document. */
	// biome-ignore lint/suspicious/noExplicitAny: tests look into it as they like
	readonly json: any;
}

/** Where and how a run of the command line happens. */
export interface OccoRunOptions {
	/** Absolute. */
	readonly cwd: string;
	/** The whole environment; a host's `env` is one. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Written to standard input, which is closed otherwise. */
	readonly input?: string;
	/** Ends the run with SIGINT when aborted. */
	readonly signal?: AbortSignal;
}

const main: string = fileURLToPath(new URL('../../../packages/occo/src/main.ts', import.meta.url));

/** Arguments for {@link process.execPath} that run the command line from its sources. */
export const occoFromSources: readonly string[] = ['--conditions=@occo/source', main];

/** Runs the command line from its sources as a child and waits for it. */
export function runOcco(argv: readonly string[], options: OccoRunOptions): Promise<OccoRun> {
	const {cwd, env, input, signal} = options;
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [...occoFromSources, ...argv], {cwd, env: {...env}});
		let stdout = '';
		let stderr = '';
		child.stdout.setEncoding('utf8').on('data', text => (stdout += text));
		child.stderr.setEncoding('utf8').on('data', text => (stderr += text));
		child.stdin.on('error', () => {});
		child.stdin.end(input);
		const interrupt = (): void => void child.kill('SIGINT');
		signal?.addEventListener('abort', interrupt);
		child.on('error', reject);
		child.on('close', code => {
			signal?.removeEventListener('abort', interrupt);
			resolve({code: code ?? -1, stdout, stderr, json: parsed(stdout)});
		});
	});
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
