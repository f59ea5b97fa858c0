/** Everything that moves the cursor, sets titles, hides or reorders text; tab and newline are kept. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const dangerous = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from outside (names, messages of tools and servers) made harmless for a terminal. */
export function escapeText(text: string): string {
	return text
		.replaceAll('\r\n', '\n')
		.replace(dangerous, character => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}

/** The same for what must stay on one line: a cell of a table, the name of a task. */
export function escapeLine(text: string): string {
	return escapeText(text).replaceAll('\n', '\\n').replaceAll('\t', ' ');
}
