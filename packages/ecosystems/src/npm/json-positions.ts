/**
 * The offset of every object key of a JSON text that `JSON.parse` accepts, by `JSON.stringify(path)`; a `[]` in the path
 * stands for an array. A scanner, because a parser with positions costs more to import than a hundred manifests to read.
 */
export function keyPositions(text: string): ReadonlyMap<string, number> {
	const found = new Map<string, number>();
	/** The key that is open at each level; `[]` for an array. */
	const path: string[] = [];
	let expectsKey = false;
	const token = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;
	for (let match = token.exec(text); match !== null; match = token.exec(text)) {
		const [symbol] = match;
		if (symbol === '{' || symbol === '[') {
			path.push(symbol === '[' ? '[]' : '');
			expectsKey = symbol === '{';
		} else if (symbol === '}' || symbol === ']') {
			path.pop();
			expectsKey = false;
		} else if (symbol === ',') expectsKey = path.at(-1) !== '[]';
		else if (expectsKey) {
			path[path.length - 1] = JSON.parse(symbol) as string;
			expectsKey = false;
			found.set(JSON.stringify(path), match.index);
		}
	}
	return found;
}

/** Line and column, from 1, of an offset. */
export function lineAndColumn(
	text: string,
	offset: number,
): {readonly line: number; readonly column: number} {
	const before = text.slice(0, offset);
	const line = before.split('\n').length;
	return {line, column: offset - before.lastIndexOf('\n')};
}
