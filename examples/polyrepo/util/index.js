import createDebug from 'debug';
import ms from 'ms';

/** A logger whose lines are shown with DEBUG=orchard:*. */
export const logger = name => createDebug(`orchard:${name}`);

/** Milliseconds of a duration such as `1.5h`; throws at what is none. */
export function duration(text) {
	const value = ms(text);
	if (value === undefined) throw new TypeError(`not a duration: ${text}`);
	return value;
}
