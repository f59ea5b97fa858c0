import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {access, constants, stat} from 'node:fs/promises';
import {constants as system} from 'node:os';
import {delimiter, isAbsolute, join} from 'node:path';
import {StringDecoder} from 'node:string_decoder';
import {OccoError} from '@occo/model';
import {cleanEnvironment} from './clean-environment.ts';
import type {Command, Finished} from './process.ts';

/** How long a child may take to end after SIGTERM before SIGKILL, in ms. */
const patience = 3000;

/** How long (ms) something that a child left behind (an ssh master, say) may hold its output open in silence. */
const lingering = 2000;

interface Circumstances {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly signal: AbortSignal;
}

/** Runs a child in a process group of its own, so that nothing it started outlives an interruption or a timeout. */
export async function runProcess(command: Command, host: Circumstances): Promise<Finished> {
	if (host.signal.aborted) throw interrupted();
	const {program, cwd, stdio = 'pipe'} = command;
	const child = start(command, host);
	return new Promise((resolve, reject) => {
		const output: Buffer[] = [];
		const errors: Buffer[] = [];
		const decoder = new StringDecoder();
		let timedOut = false;
		let exited = false;
		let timer: NodeJS.Timeout | undefined;
		let killer: NodeJS.Timeout | undefined;
		const end = (): void => {
			signalGroup(child.pid, stdio, 'SIGTERM');
			killer ??= setTimeout(() => signalGroup(child.pid, stdio, 'SIGKILL'), patience);
		};
		const alive = (): void => {
			clearTimeout(timer);
			if (exited) {
				timer = setTimeout(() => {
					child.stdout?.destroy();
					child.stderr?.destroy();
				}, lingering);
			} else if (command.inactivity !== undefined) {
				timer = setTimeout(() => {
					timedOut = true;
					end();
				}, command.inactivity);
			}
		};
		child.stdout?.on('data', (chunk: Buffer) => {
			output.push(chunk);
			alive();
		});
		child.stderr?.on('data', (chunk: Buffer) => {
			errors.push(chunk);
			alive();
			const text = decoder.write(chunk);
			if (text !== '') command.onStderr?.(text);
		});
		// A child that closes its input early is its own affair; its exit code tells.
		child.stdin?.on('error', () => {});
		child.stdin?.end(command.input);
		host.signal.addEventListener('abort', end);
		alive();
		const settle = (): void => {
			clearTimeout(timer);
			clearTimeout(killer);
			if (killer !== undefined && stdio === 'pipe') signalGroup(child.pid, stdio, 'SIGKILL');
			host.signal.removeEventListener('abort', end);
		};
		child.on('error', error => {
			settle();
			reject(spawnFailure(error, program, cwd));
		});
		child.on('exit', () => {
			exited = true;
			alive();
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

function start(command: Command, host: Circumstances): ChildProcess {
	const {
		program,
		arguments: argv,
		cwd,
		stdio = 'pipe',
		input,
		umask,
		env = cleanEnvironment(host.env),
	} = command;
	const before = umask === undefined ? undefined : process.umask(umask);
	try {
		return spawn(program, argv, {
			cwd,
			env: {...env},
			stdio: stdio === 'inherit' ? 'inherit' : [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
			detached: stdio === 'pipe',
		});
	} finally {
		if (before !== undefined) process.umask(before);
	}
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
	if (error.code === 'ENOENT' && !existsSync(cwd)) {
		return new OccoError('OCCO_FILE_MISSING', `\`${cwd}\` is not there to run \`${program}\` in`, {
			kind: 'world',
			cause: error,
		});
	}
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
