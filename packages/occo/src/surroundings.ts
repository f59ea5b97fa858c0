/** Where a run writes. */
export interface Output {
	write(text: string): void;
	readonly isTerminal: boolean;
	/** Of the terminal now; infinite where there is none, because a file needs no cutting. */
	readonly columns: number;
	readonly rows: number;
}

/** Everything that a run of the command line touches. */
export interface Surroundings {
	/** Without the program and the script. */
	readonly argv: readonly string[];
	/** Absolute. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly stdout: Output;
	readonly stderr: Output;
	/** Whether standard input is a terminal. */
	readonly inputIsTerminal: boolean;
	/** Aborted by the first Ctrl-C. */
	readonly signal: AbortSignal;
}
