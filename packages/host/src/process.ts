/** A child process: an argument vector, never a shell line. */
export interface Command {
	/** A program name on PATH or an absolute path. */
	readonly program: string;
	readonly arguments: readonly string[];
	/** Absolute. */
	readonly cwd: string;
	/**
	 * The whole environment of the child. Without it the child gets the host's environment less everything that
	 * redirects git, npm, pnpm, pip, uv or Node (`GIT_DIR`, `npm_config_*`, `NODE_OPTIONS` ...); see `cleanEnvironment`.
	 */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Written to its standard input, which is closed otherwise. */
	readonly input?: string;
	/** Called with each piece of standard error as it comes (progress). */
	readonly onStderr?: (text: string) => void;
	/** Ends the child when it has written nothing on either stream for so long (ms); the result is `timedOut`. */
	readonly inactivity?: number;
	/** `inherit` hands the terminal to the child. */
	readonly stdio?: 'pipe' | 'inherit';
	/** Octal umask of the child. */
	readonly umask?: number;
}

/** How a child ended. */
export interface Finished {
	/** Its exit code; 128 + signal number when a signal ended it. */
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly timedOut: boolean;
}
