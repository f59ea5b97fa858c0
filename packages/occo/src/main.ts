#!/usr/bin/env node
import {run} from './run.ts';
import type {Output, Surroundings} from './surroundings.ts';

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		// The second time the user means it.
		if (controller.signal.aborted) process.exit(130);
		controller.abort();
	});
}

function output(stream: NodeJS.WriteStream): Output {
	let closed = false;
	stream.on('error', (error: Error & {code?: string}) => {
		// A reader that has seen enough (`occo order | head`) is no error, and work under way goes on to its end.
		if (error.code !== 'EPIPE') throw error;
		closed = true;
	});
	return {
		write: text => void (closed || stream.write(text)),
		isTerminal: stream.isTTY === true,
		get columns() {
			return stream.columns ?? Number.POSITIVE_INFINITY;
		},
		get rows() {
			return stream.rows ?? 24;
		},
	};
}

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
	process.stderr.write(`error: occo needs Node 22 or newer, this is ${process.versions.node}\n`);
	process.exit(3);
}

const surroundings: Surroundings = {
	argv: process.argv.slice(2),
	cwd: process.cwd(),
	env: process.env,
	stdout: output(process.stdout),
	stderr: output(process.stderr),
	inputIsTerminal: process.stdin.isTTY === true,
	signal: controller.signal,
};

// What no command waits for; everything else ends in `run`.
process.on('uncaughtException', async error => {
	const {fail} = await import('./failure.ts');
	process.exit(fail(surroundings, 'occo', error));
});

process.exitCode = await run(surroundings);
