import {join} from 'node:path';
import {Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {folded, OccoError, quoted} from '@occo/model';
import {readTar, type TarEntry} from './archive.ts';
import type {Files} from './files.ts';

/** How much an archive that anybody may have made can take. */
export interface ArchiveLimits {
	/** Unpacked bytes; default 4 GiB. */
	readonly bytes?: number;
	/** Default 200 000. */
	readonly entries?: number;
}

/**
 * Unpacks a tar archive that anybody may have made into a new folder; answers the files, in the archive's order. Modes
 * become 644 or 755. Throws `OCCO_ARCHIVE` naming the entry for a name that leaves the folder or comes twice (letter
 * case ignored), a link that leads out or through another link, hard links, devices, and what is over the limits.
 */
export async function extractTar(
	files: Files,
	source: Readable,
	folder: string,
	limits: ArchiveLimits = {},
): Promise<readonly string[]> {
	const {bytes = 4 * 1024 ** 3, entries = 200_000} = limits;
	const seen = new Set<string>();
	const folders = new Set<string>();
	const written: string[] = [];
	let left = bytes;
	let count = 0;
	const prepare = async (name: string): Promise<void> => {
		for (const parent of parentsOf(name)) {
			if (folders.has(parent)) continue;
			const there = await files.stat(join(folder, parent));
			if (there !== undefined && there.type !== 'folder')
				throw refusal(name, `lies in the ${there.type} \`${parent}\``);
			await files.makeFolder(join(folder, parent));
			folders.add(parent);
		}
	};
	await files.makeFolder(folder);
	await readTar(source, async (entry, content) => {
		count += 1;
		if (count > entries)
			throw new OccoError('OCCO_ARCHIVE', `the archive has more than ${entries} entries`, {kind: 'no'});
		const name = safeName(entry);
		if (entry.type === 'directory') return name === '' ? undefined : prepare(`${name}/`);
		if (seen.has(folded(name)) || folders.has(name)) throw refusal(entry.name, 'is there twice');
		if (entry.size > left)
			throw refusal(entry.name, `is too big: the archive would unpack to more than ${bytes} bytes`);
		seen.add(folded(name));
		left -= entry.size;
		await prepare(name);
		await place(files, entry, content, join(folder, name));
		written.push(name);
	});
	return written;
}

async function place(
	files: Files,
	entry: TarEntry,
	content: AsyncIterable<Uint8Array>,
	path: string,
): Promise<void> {
	if (entry.type === 'symlink') {
		checkTarget(entry);
		return files.symlink(entry.target ?? '', path);
	}
	if (entry.type !== 'file' && entry.type !== 'contiguous-file')
		throw refusal(entry.name, `is a ${entry.type}`);
	await files.writeStream(path, content, {mode: entry.mode & 0o111 ? 0o755 : 0o644});
}

/** The entry's name without `./` and a final `/`; empty for the folder itself. */
function safeName(entry: TarEntry): string {
	const name = entry.name.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
	if (name === '' || name === '.') {
		if (entry.type === 'directory') return '';
		throw refusal(entry.name, 'has no name');
	}
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	if (/[\u0000-\u001f\u007f\\]/.test(name))
		throw refusal(entry.name, 'has a character that no file should have');
	const parts = name.split('/');
	if (name.startsWith('/') || /^[a-z]:/i.test(name) || parts.some(part => ['', '.', '..'].includes(part))) {
		throw refusal(entry.name, 'leads out of its folder');
	}
	return name;
}

/**
 * A target may go up only at its beginning: `link/../..` would be counted as if `link` were a folder, and lead further
 * up than it seems.
 */
function checkTarget({name, target = ''}: TarEntry): void {
	const depth = name.replace(/^(\.\/)+/, '').split('/').length - 1;
	const parts = target.split('/').filter(part => part !== '.' && part !== '');
	const up = parts.findIndex(part => part !== '..');
	const ups = up < 0 ? parts.length : up;
	const inside =
		!target.startsWith('/') && !target.includes('\\') && ups <= depth && !parts.slice(ups).includes('..');
	if (target === '' || !inside) throw refusal(name, `is a link that leads out: ${quoted(target)}`);
}

function parentsOf(name: string): string[] {
	const parts = name.split('/').slice(0, -1);
	return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function refusal(entry: string, what: string): OccoError {
	return new OccoError('OCCO_ARCHIVE', `the archive's entry ${quoted(entry)} ${what}`, {
		kind: 'no',
	});
}

/**
 * Takes gzip (RFC 1952) off a stream. Throws `OCCO_ARCHIVE` for what is no gzip or is cut off, and for more than
 * `bytes` unpacked, before they are all unpacked; default 4 GiB.
 */
export function gunzipped(source: Readable, bytes: number = 4 * 1024 ** 3): Readable {
	const unpacked = createGunzip();
	source.on('error', error => unpacked.destroy(error));
	source.pipe(unpacked);
	const limited = async function* (): AsyncGenerator<Uint8Array> {
		let size = 0;
		try {
			for await (const chunk of unpacked as AsyncIterable<Buffer>) {
				size += chunk.length;
				if (size > bytes)
					throw new OccoError('OCCO_ARCHIVE', `it unpacks to more than ${bytes} bytes`, {kind: 'no'});
				yield chunk;
			}
		} catch (error) {
			if (!String((error as {code?: string}).code).startsWith('Z_')) throw error;
			throw new OccoError('OCCO_ARCHIVE', 'it is no whole gzip file', {kind: 'no', cause: error});
		} finally {
			source.destroy();
			unpacked.destroy();
		}
	};
	return Readable.from(limited(), {objectMode: false});
}
