import {type ErrorKind, formatPlace, isOccoError, type OccoError} from '@occo/model';
import type {Style} from './command.ts';
import {escapeText} from './escape.ts';
import {styleOf} from './style.ts';
import type {Surroundings} from './surroundings.ts';

const byKind: Readonly<Record<ErrorKind, number>> = {no: 1, usage: 2, world: 3, interrupted: 130};

/** The one mapping of errors to exit codes; anything but our own error is a bug of ours. */
export function exitCode(error: unknown): number {
	return isOccoError(error) ? byKind[error.kind] : 70;
}

/** Tells of an error on standard error, with `--json` as a document on standard output too; answers the exit code. */
export function fail(surroundings: Surroundings, command: string, error: unknown): number {
	const {argv, stdout, stderr} = surroundings;
	const end = argv.indexOf('--');
	if (argv.slice(0, end < 0 ? argv.length : end).includes('--json')) {
		const document = {schema: `occo/${command}@1`, error: errorData(error)};
		stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
	}
	stderr.write(`${errorText(error, styleOf(surroundings, stderr))}\n`);
	return exitCode(error);
}

/** What a person sees of an error: `error: file:line: message`, then the hint. */
export function errorText(error: unknown, style: Style): string {
	if (!isOccoError(error)) return bugText(error, style);
	const shown = error.place && !error.message.includes(formatPlace(error.place));
	const where = shown && error.place ? `${formatPlace(error.place)}: ` : '';
	const lines = [`${style.bad('error:')} ${escapeText(where + error.message)}`];
	if (error.hint) lines.push(`${style.warn('hint:')} ${escapeText(error.hint)}`);
	return lines.join('\n');
}

function bugText(error: unknown, style: Style): string {
	const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return [
		`${style.bad('bug:')} ${escapeText(trace)}`,
		`${style.warn('hint:')} this is a fault of occo, not yours: please open an issue at the project's repository with these lines and the command you ran`,
	].join('\n');
}

/** An error as data, for `--json`. */
export function errorData(error: unknown): object {
	if (!isOccoError(error)) {
		return {code: 'OCCO_BUG', message: error instanceof Error ? error.message : String(error)};
	}
	const {code, message, hint, place, component}: OccoError = error;
	return {
		code,
		message,
		...(hint ? {hint} : {}),
		...(place ? {place} : {}),
		...(component ? {component} : {}),
	};
}
