import ms from 'ms';
import colours from 'picocolors';

/** Milliseconds of a text such as `90s` or `5 min`. */
export function duration(text) {
	const value = ms(text);
	if (typeof value !== 'number') throw new Error(`not a duration: ${text}`);
	return value;
}

/** A duration for people. */
export const shownDuration = value => ms(value);

const paint = {running: colours.green, starting: colours.yellow, gone: colours.red};

/** A state in its colour; without colour where the output is no terminal. */
export const shownState = state => (paint[state] ?? String)(state);

/** The items so that each comes after all that it needs; `needs` answers names. Throws at a circle. */
export function inOrder(items, needs) {
	const byName = new Map(items.map(item => [item.name, item]));
	const done = new Set();
	const visit = (item, path) => {
		if (done.has(item)) return;
		if (path.includes(item.name)) throw new Error(`a circle: ${[...path, item.name].join(' -> ')}`);
		for (const name of needs(item)) {
			const needed = byName.get(name);
			if (!needed) throw new Error(`${item.name} needs ${name}, which is not there`);
			visit(needed, [...path, item.name]);
		}
		done.add(item);
	};
	for (const item of items) visit(item, []);
	return [...done];
}
