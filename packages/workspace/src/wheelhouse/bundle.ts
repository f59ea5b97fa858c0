import {join} from 'node:path';
import {type Host, readTar, type TarEntry, writeTar} from '@occo/host';
import {compare, indexFile, isOccoError, OccoError} from '@occo/model';
import {readWheelhouse} from './read.ts';
import {isSafeFile} from './reading.ts';

/** The folder that all entries of a bundle lie in. */
const root = 'wheelhouse/';

/**
 * Writes a wheelhouse as one tar file: what the index lists, sorted, then the index; owner 0, mode 644, the commit's
 * time, no compression (the content is compressed). Equal wheelhouses give equal bytes anywhere. Appears at once and
 * whole; answers its size in bytes.
 */
export async function writeBundle(host: Host, folder: string, file: string): Promise<number> {
	const {files} = host;
	const index = await readWheelhouse(host, folder);
	const names = [...index.artifacts, ...index.files, {file: indexFile}]
		.map(entry => entry.file)
		.sort(compare);
	const entries = await Promise.all(
		names.map(async name => {
			const path = join(folder, name);
			const stat = await files.stat(path);
			if (stat?.type !== 'file') throw refusal(folder, name, 'is not there as a plain file');
			return {
				name: root + name,
				size: stat.size,
				open: () => files.readStream(path) as AsyncIterable<Uint8Array>,
			};
		}),
	);
	return files.writeStream(file, writeTar(entries, index.commitTime), {mode: 0o644});
}

/**
 * Unpacks a bundle that anybody may have made into a temporary folder, which `close` removes. Throws `OCCO_BUNDLE` naming
 * the entry for anything but plain files below `wheelhouse/`, each once, and no more bytes than the file has.
 */
export async function openBundle(
	host: Host,
	file: string,
): Promise<{readonly folder: string; close(): Promise<void>}> {
	const {files} = host;
	const size = (await files.stat(file))?.size ?? 0;
	const folder = await files.temporaryFolder('occo-bundle-');
	const close = (): Promise<void> => files.remove(folder);
	try {
		if ((await files.freeSpace(folder)) < size) {
			throw new OccoError(
				'OCCO_DISK_FULL',
				`no space left to unpack \`${file}\` into \`${folder}\` (${size} bytes)`,
				{
					kind: 'world',
					hint: 'free some space, or name another folder in `TMPDIR`',
				},
			);
		}
		const seen = new Set<string>();
		let left = size;
		await readTar(files.readStream(file), async (entry, content) => {
			const name = checkEntry(file, entry, seen, left);
			if (name === undefined) return;
			left -= entry.size;
			await files.writeStream(join(folder, name), content, {mode: 0o644});
		});
		if (seen.size === 0) throw refusal(file, '', 'is no bundle: it holds no `wheelhouse/`');
		return {folder, close};
	} catch (error) {
		await close();
		if (isOccoError(error) && error.code === 'OCCO_ARCHIVE') {
			throw refusal(file, '', `is no whole bundle (${error.message})`);
		}
		throw error;
	}
}

/** The entry's file relative to the wheelhouse; `undefined` for a folder, which needs nothing. */
function checkEntry(file: string, entry: TarEntry, seen: Set<string>, left: number): string | undefined {
	const {name, type, size} = entry;
	if (type === 'directory' && (name === root || isSafeFile(name.replace(/\/$/, '')))) return undefined;
	if (type !== 'file' && type !== 'contiguous-file')
		throw refusal(file, name, `is a ${type}, not a plain file`);
	const inside = name.startsWith(root) ? name.slice(root.length) : '';
	if (!isSafeFile(inside)) throw refusal(file, name, 'does not lie in `wheelhouse/`');
	if (seen.has(inside)) throw refusal(file, name, 'is there twice');
	if (size > left)
		throw refusal(
			file,
			name,
			`claims ${size} bytes, more than the bundle has left: it was cut off or forged`,
		);
	seen.add(inside);
	return inside;
}

function refusal(file: string, entry: string, what: string): OccoError {
	const shown = entry === '' ? `\`${file}\`` : `\`${file}\`: \`${entry.slice(0, 300)}\``;
	return new OccoError('OCCO_BUNDLE', `${shown} ${what}`, {
		kind: 'no',
		place: {file: entry === '' ? file : entry.slice(0, 300)},
		hint: 'make it again with `occo package --bundle`, or copy it again',
	});
}
