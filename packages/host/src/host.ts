import type {Event} from '@occo/model';
import type {Files} from './files.ts';
import type {Http} from './http.ts';
import type {Handler, LoopbackServer} from './node-server.ts';
import type {Command, Finished} from './process.ts';

/** The user's folders, absolute: XDG base directories with `occo` appended. */
export interface Folders {
	/** What can be thrown away: downloaded artifacts, resolutions. */
	readonly cache: string;
	readonly config: string;
	/** What must be kept: the embedded registry's storage. */
	readonly data: string;
	/** Sockets, locks and process ids. */
	readonly state: string;
}

/**
 * The only door to the machine: every outside effect of occo goes through it, so that a job can be tested with
 * a fake one. Nothing below the command line reads `process`.
 */
export interface Host {
	/** Absolute. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Node's terms: `linux`, `x64`; libc only on Linux. */
	readonly platform: {readonly os: string; readonly cpu: string; readonly libc: 'glibc' | 'musl' | undefined};
	readonly folders: Folders;
	readonly files: Files;
	readonly http: Http;
	/** Aborted by Ctrl-C; long work passes it on and stops at the next safe point. */
	readonly signal: AbortSignal;
	/** Runs a child process; see {@link Command}. Throws `OCCO_TOOL_MISSING` when the program does not exist. */
	run(command: Command): Promise<Finished>;
	/** Absolute path of a program on PATH. */
	which(program: string): Promise<string | undefined>;
	/** Serves HTTP on a free port of 127.0.0.1 until it is closed. */
	serve(handler: Handler): Promise<LoopbackServer>;
	/** The Node that runs occo, for children that are scripts. */
	readonly nodePath: string;
	/** The process that occo is. */
	readonly processId: number;
	/** Whether a process with this id exists. */
	isRunning(processId: number): boolean;
	now(): Date;
	/** Announces progress; never throws, never waits. */
	report(event: Event): void;
}
