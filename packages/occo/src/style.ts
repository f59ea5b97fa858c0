import {styleText} from 'node:util';
import type {Style} from './command.ts';
import type {Output, Surroundings} from './surroundings.ts';

/** Colours where they are wanted: flags before `NO_COLOR`, that before `FORCE_COLOR`, that before what the stream is. */
export function styleOf({argv, env}: Pick<Surroundings, 'argv' | 'env'>, output: Output): Style {
	return styleFor(coloured(argv, env, output), output.columns);
}

function coloured(argv: readonly string[], env: Surroundings['env'], output: Output): boolean {
	if (argv.includes('--no-color')) return false;
	if (argv.includes('--color')) return true;
	if ((env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return false;
	if ((env.FORCE_COLOR ?? '0') !== '0') return true;
	return output.isTerminal;
}

/** Colours for a stream that is `coloured`, plain text otherwise. */
export function styleFor(coloured: boolean, columns: number): Style {
	const paint =
		(format: 'green' | 'red' | 'yellow' | 'dim' | 'bold') =>
		(text: string): string =>
			coloured && text !== '' ? styleText(format, text, {validateStream: false}) : text;
	return {
		columns,
		good: paint('green'),
		bad: paint('red'),
		warn: paint('yellow'),
		dim: paint('dim'),
		bold: paint('bold'),
	};
}

/** The least that the last column of a table gets. */
const least = 20;

/**
 * Rows as aligned columns, two spaces between, within `columns`: the widest columns but the last are shortened with `…`
 * until the last has room, and that is wrapped under itself, so that no message is lost. Cells may hold colour escapes.
 */
export function table(rows: readonly (readonly string[])[], columns: number): string {
	const count = Math.max(0, ...rows.map(row => row.length));
	const widths = Array.from({length: count}, (_, index) =>
		Math.max(...rows.map(row => width(row[index] ?? ''))),
	);
	shrink(widths, columns);
	const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
	return rows
		.map(row => {
			const cells = widths.slice(0, -1).map((room, index) => pad(cut(row[index] ?? '', room), room));
			const last = wrapped(row[count - 1] ?? '', columns - before).join(`\n${' '.repeat(before)}`);
			return [...cells, last].join('  ').trimEnd();
		})
		.join('\n');
}

function shrink(widths: number[], columns: number): void {
	const total = (): number => widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
	const room = columns - Math.min(widths.at(-1) ?? 0, least);
	while (total() > room) {
		const widest = Math.max(...widths.slice(0, -1));
		if (widest <= 8) return;
		widths[widths.indexOf(widest)] = widest - 1;
	}
}

function pad(text: string, room: number): string {
	return text + ' '.repeat(Math.max(0, room - width(text)));
}

function wrapped(text: string, room: number): string[] {
	if (width(text) <= room || room < least) return [text];
	const lines = [''];
	for (const word of text.split(' ')) {
		const line = lines.at(-1) as string;
		if (line !== '' && width(line) + 1 + width(word) > room) lines.push(word);
		else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
	}
	return lines;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour escapes take no room
const escapes = /\u001b\[[0-9;]*m/;

/** What takes two columns on a terminal (UAX #11, the scripts that names are written in). */
const wide =
	/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function widthOf(character: string): number {
	if (/\p{M}/u.test(character)) return 0;
	return wide.test(character) ? 2 : 1;
}

/** How many columns a text takes on a terminal, colour escapes not counted. */
export function width(text: string): number {
	const plain = text.split(escapes).join('');
	// biome-ignore lint/suspicious/noControlCharactersInRegex: printable ASCII
	if (!/[^\x00-\x7f]/.test(plain)) return plain.length;
	return [...plain].reduce((sum, character) => sum + widthOf(character), 0);
}

/** A text shortened to so many columns, `…` at its end when something is missing; colour escapes are kept. */
export function cut(text: string, room: number): string {
	if (width(text) <= room) return text;
	let left = room - 1;
	let done = false;
	return text
		.split(new RegExp(`(${escapes.source})`))
		.map(part => {
			if (escapes.test(part) || done) return escapes.test(part) ? part : '';
			let shown = '';
			for (const character of part) {
				left -= widthOf(character);
				if (left < 0) {
					done = true;
					return `${shown}…`;
				}
				shown += character;
			}
			return shown;
		})
		.join('');
}
