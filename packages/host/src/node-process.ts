import {spawn} from 'node:child_process';
import {access, constants, stat} from 'node:fs/promises';
import {constants as system} from 'node:os';
import {delimiter, isAbsolute, join} from 'node:path';
import {OccoError} from '@occo/model';
import {cleanEnvironment} from './clean-environment.ts';
import type {Command, Finished} from './process.ts';

/** How long a child may take to end after SIGTERM before SIGKILL, in ms. */
const patience = 3000;

/** Runs a child in a process group of its own, so that nothing it started outlives it. */
export function runProcess(
	command: Command,
	host: {readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal},
): Promise<Finished> {
	if (host.signal.aborted) return Promise.reject(interrupted());
	const {program, arguments: argv, cwd, stdio = 'pipe'} = command;
	const before = command.umask === undefined ? undefined : process.umask(command.umask);
	const child = spawn(program, argv, {
		cwd,
		env: {...(command.env ?? cleanEnvironment(host.env))},
		stdio:
			stdio === 'inherit' ? 'inherit' : [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
		detached: stdio === 'pipe',
	});
	if (before !== undefined) process.umask(before);
	return new Promise((resolve, reject) => {
		const output: Buffer[] = [];
		const errors: Buffer[] = [];
		let timedOut = false;
		let timer: NodeJS.Timeout | undefined;
		let killer: NodeJS.Timeout | undefined;
		const end = (): void => {
			signalGroup(child.pid, stdio, 'SIGTERM');
			killer ??= setTimeout(() => signalGroup(child.pid, stdio, 'SIGKILL'), patience);
		};
		const alive = (): void => {
			if (command.inactivity === undefined) return;
			clearTimeout(timer);
			timer = setTimeout(() => {
				timedOut = true;
				end();
			}, command.inactivity);
		};
		child.stdout?.on('data', (chunk: Buffer) => {
			output.push(chunk);
			alive();
		});
		child.stderr?.on('data', (chunk: Buffer) => {
			errors.push(chunk);
			alive();
			command.onStderr?.(chunk.toString());
		});
		// A child that closes its input early is its own affair; its exit code tells.
		child.stdin?.on('error', () => {});
		child.stdin?.end(command.input);
		host.signal.addEventListener('abort', end);
		alive();
		const settle = (): void => {
			clearTimeout(timer);
			clearTimeout(killer);
			host.signal.removeEventListener('abort', end);
		};
		child.on('error', error => {
			settle();
			reject(spawnFailure(error, program, cwd));
		});
		child.on('close', (code, signal) => {
			settle();
			if (host.signal.aborted) return reject(interrupted());
			resolve({
				code: code ?? 128 + (system.signals[signal ?? 'SIGKILL'] ?? 0),
				stdout: Buffer.concat(output).toString(),
				stderr: Buffer.concat(errors).toString(),
				timedOut,
			});
		});
	});
}

function signalGroup(pid: number | undefined, stdio: 'pipe' | 'inherit', signal: NodeJS.Signals): void {
	if (pid === undefined) return;
	try {
		process.kill(stdio === 'pipe' ? -pid : pid, signal);
	} catch {
		// it has ended already
	}
}

function interrupted(): OccoError {
	return new OccoError('OCCO_INTERRUPTED', 'interrupted', {
		kind: 'interrupted',
		hint: 'what was done so far is complete; run the same command to go on',
	});
}

function spawnFailure(error: Error & {code?: string}, program: string, cwd: string): unknown {
	if (error.code === 'ENOENT' || error.code === 'EACCES') {
		return new OccoError('OCCO_TOOL_MISSING', `cannot run \`${program}\` (in \`${cwd}\`)`, {
			kind: 'world',
			hint: 'run `occo doctor` to see which tools are missing and how to get them',
			cause: error,
		});
	}
	return error;
}

/** Absolute path of a program on PATH. */
export async function which(
	program: string,
	env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
	const candidates = isAbsolute(program)
		? [program]
		: (env.PATH ?? '')
				.split(delimiter)
				.filter(isAbsolute)
				.map(folder => join(folder, program));
	for (const candidate of candidates) {
		try {
			await access(candidate, constants.X_OK);
			if ((await stat(candidate)).isFile()) return candidate;
		} catch {
			// not this one
		}
	}
	return undefined;
}
