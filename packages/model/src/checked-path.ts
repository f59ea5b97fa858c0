import {OccoError, type Place} from './error.ts';

/** What is invisible or reorders text: C0/C1 controls, zero-width and bidirectional code points, line separators. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const invisible = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** Names that Windows reserves, with any extension. */
const devices = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** Spellings of `.git` that some file system takes for it: case, trailing dots and spaces, NTFS short names. */
const gitFolder = /^(\.git|git~\d+)[\s.]*$/i;

/** Whether a text holds characters that hide or reorder what is shown. */
export function hasInvisible(text: string): boolean {
	return invisible.test(text);
}

/** A text as it may be quoted in a message: control characters as `\u{…}` and at most 120 characters. */
export function quoted(text: string): string {
	const shown = text.replace(new RegExp(invisible, 'gu'), character => {
		return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
	});
	return `\`${shown.length > 120 ? `${shown.slice(0, 120)}…` : shown}\``;
}

function reason(path: string): string | undefined {
	if (path === '') return 'it is empty';
	if (hasInvisible(path)) return 'it holds an invisible character';
	if (path.startsWith('-')) return 'it starts with `-`';
	if (path.startsWith('~')) return 'it starts with `~`';
	if (/^([a-z]:|[\\/])/i.test(path)) return 'it is absolute';
	if (path.includes('\\')) return 'it holds a backslash';
	return path
		.split('/')
		.map(partReason)
		.find(why => why !== undefined);
}

function partReason(part: string): string | undefined {
	if (part === '' || part === '.') return 'it has an empty or `.` part';
	if (part === '..') return 'it leads out of the workspace';
	if (gitFolder.test(part)) return `\`${part}\` is git's own folder`;
	if (/^\.occo/i.test(part)) return `\`${part}\` is occo's own folder`;
	if (devices.test(part)) return `\`${part}\` is a device on Windows`;
	if (/[. ]$/.test(part)) return `\`${part}\` ends in a dot or a space`;
	if (part.includes(':')) return `\`${part}\` holds a colon`;
	if (part.startsWith('-')) return `\`${part}\` starts with \`-\``;
	return undefined;
}

/**
 * Checks a folder inside the workspace, written with `/`; answers it unchanged. Throws `OCCO_PATH` naming `what` it is
 * for and why it is refused. Links on disk are checked when it is used, not here.
 */
export function checkedPath(path: string, what: string, place?: Place): string {
	const wrong = reason(path);
	if (wrong === undefined) return path;
	throw new OccoError('OCCO_PATH', `${what}: the path ${quoted(path)} is refused: ${wrong}`, {
		...(place ? {place} : {}),
		hint: 'write a folder inside the workspace, such as `libs/util`',
	});
}

/** How file systems that ignore case and Unicode form would see a path. */
export function folded(path: string): string {
	return path.normalize('NFKC').toLowerCase();
}

/** Throws `OCCO_PATH_TWICE` where two entries would share one folder, also by case or Unicode form. */
export function checkDistinct(
	entries: Iterable<{readonly name: string; readonly folder: string; readonly place?: Place}>,
): void {
	const seen = new Map<string, string>();
	for (const {name, folder, place} of entries) {
		const first = seen.get(folded(folder));
		if (first !== undefined) {
			throw new OccoError(
				'OCCO_PATH_TWICE',
				`\`${name}\`: its folder ${quoted(folder)} is the one of \`${first}\``,
				{
					...(place ? {place} : {}),
					hint: 'give one of them another `folder:`',
				},
			);
		}
		seen.set(folded(folder), name);
	}
}
