import {OccoError, type Place} from './error.ts';

/**
 * What is invisible or reorders text: control, format (zero-width, bidirectional) and unpaired surrogate code points, line
 * separators, blank letters.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f/u;

/** Names that Windows reserves, with any extension. */
const devices = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i;

/** What no file system of use takes more of. */
const [longestPart, longestPath] = [200, 1000];

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
	if (path.length > longestPath) return 'it is too long';
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
	if (/[<>:"|?*]/.test(part)) return `\`${part}\` holds a character that Windows does not allow`;
	if (part.length > longestPart) return 'a part of it is too long';
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
	// Upper case first: it spells out letters that have two forms, as `ß`.
	return path.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
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
