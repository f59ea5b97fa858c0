import type {Host} from '@occo/host';

/** What a command gets beside its arguments. */
export interface Context {
	readonly host: Host;
	/** Common to all commands: `--jobs`, else `min(8, n)` where n is the number of things to do. */
	jobs(count: number): number;
	/** Whether a person sits at the terminal and may be asked. */
	readonly interactive: boolean;
}

/** Strictly parsed arguments. */
export interface Arguments {
	readonly positionals: readonly string[];
	readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** One option as `--help` and completion show it, and as `node:util` parses it. */
export interface Option {
	readonly type: 'string' | 'boolean';
	readonly short?: string;
	readonly multiple?: boolean;
	/** What stands for the value: `FILE`. */
	readonly value?: string;
	readonly summary: string;
	/** The only values it takes; others are refused with the nearest one. */
	readonly choices?: readonly string[];
}

/** A command: `run` does the work and returns data, `print` renders it for people, `--json` prints the data. */
export interface Command<Output = unknown> {
	readonly name: string;
	readonly summary: string;
	/** `package [COMPONENT...]`, without `occo`. */
	readonly usage: string;
	/** A paragraph or two for `--help`. */
	readonly description?: string;
	readonly options?: Readonly<Record<string, Option>>;
	/** Pairs of a command line and what it does. */
	readonly examples: readonly (readonly [line: string, what: string])[];
	/** What positional arguments complete to. */
	readonly completes?: 'components' | 'files' | readonly string[];
	run(context: Context, input: Arguments): Promise<Output>;
	/** The answer for people, without a final newline; empty for none. */
	print(output: Output, style: Style): string;
	/** The answer is "no": exit 1. */
	failed?(output: Output): boolean;
}

/** Colours that are off where `NO_COLOR` or a pipe says so, and the width of the terminal. */
export interface Style {
	readonly columns: number;
	good(text: string): string;
	bad(text: string): string;
	warn(text: string): string;
	dim(text: string): string;
	bold(text: string): string;
}
