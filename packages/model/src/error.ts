const brand = Symbol.for('occo.error');

/**
 * What kind of failure it is, which settles the exit code: `no` 1 (the work is done and the answer is no),
 * `usage` 2 (wrong command line or configuration, nothing was changed), `world` 3 (network, registry, git, a
 * missing tool), `interrupted` 130.
 */
export type ErrorKind = 'no' | 'usage' | 'world' | 'interrupted';

/** Where in a file something stands; `line` and `column` count from 1. */
export interface Place {
	/** Relative to the workspace with `/` where it lies inside, else absolute. */
	readonly file: string;
	readonly line?: number;
	readonly column?: number;
}

/** What an error can carry beside its message. */
export interface ErrorDetails {
	readonly kind?: ErrorKind;
	/** The next step for the user; printed on its own line after `hint:`. */
	readonly hint?: string;
	readonly place?: Place;
	/** The component it is about. */
	readonly component?: string;
	readonly cause?: unknown;
}

/**
 * The one error of occo: expected, explained, with a stable code such as `OCCO_CONFIG_UNKNOWN_KEY`. Anything
 * else that is thrown is a bug of ours. Recognise it with {@link isOccoError}, never with `instanceof`.
 */
export class OccoError extends Error {
	readonly code: string;
	readonly kind: ErrorKind;
	readonly hint: string | undefined;
	readonly place: Place | undefined;
	readonly component: string | undefined;

	constructor(code: `OCCO_${string}`, message: string, details: ErrorDetails = {}) {
		super(message, details.cause === undefined ? undefined : {cause: details.cause});
		this.name = 'OccoError';
		this.code = code;
		this.kind = details.kind ?? 'usage';
		this.hint = details.hint;
		this.place = details.place;
		this.component = details.component;
		Object.defineProperty(this, brand, {value: true});
	}
}

/** Whether a thrown value is an {@link OccoError}, also one from another copy of this package. */
export function isOccoError(value: unknown): value is OccoError {
	return typeof value === 'object' && value !== null && brand in value;
}

/** `file:line:column`, with what is known of it. */
export function formatPlace(place: Place): string {
	return [place.file, place.line, place.line === undefined ? undefined : place.column]
		.filter(part => part !== undefined)
		.join(':');
}
