import {PassThrough, type Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {OccoError} from '@occo/model';

/** One file to be written into a tar archive. */
export interface TarFile {
	/** With `/`. */
	readonly name: string;
	/** In bytes; the content must have exactly so many. */
	readonly size: number;
	open(): AsyncIterable<Uint8Array>;
}

/** What a tar archive says about an entry; nothing of it is checked. */
export interface TarEntry {
	readonly name: string;
	/** `file`, `directory`, `symlink`, `link`, `character-device` ... */
	readonly type: string;
	readonly size: number;
	/** Permission bits. */
	readonly mode: number;
	/** The target of a link. */
	readonly target: string | undefined;
}

/**
 * A tar archive (POSIX pax where names need it) as a stream: the files in the order given, all with mode 644, owner 0 and
 * the same time (seconds since the epoch), so that equal files give equal bytes anywhere.
 */
export async function* writeTar(files: Iterable<TarFile>, time: number): AsyncGenerator<Uint8Array> {
	const {pack} = await import('tar-stream');
	const archive = pack();
	const fill = async (): Promise<void> => {
		for (const {name, size, open} of files) {
			const header = {
				name,
				size,
				mode: 0o644,
				uid: 0,
				gid: 0,
				mtime: new Date(time * 1000),
				type: 'file' as const,
			};
			await pipeline(open(), archive.entry(header));
		}
		archive.finalize();
	};
	const filled = fill().catch((error: unknown) => {
		archive.destroy(error as Error);
	});
	// A node stream, because the archive's own kind does not report its failure to every reader.
	const out = new PassThrough();
	const poured = pipeline(archive, out);
	poured.catch(() => {});
	yield* out as AsyncIterable<Uint8Array>;
	await Promise.all([filled, poured]);
}

/**
 * Reads a tar archive entry by entry; `visit` is waited for, and what it leaves of an entry's content is skipped. Throws
 * `OCCO_ARCHIVE` where the archive is broken or cut off.
 */
export async function readTar(
	source: Readable,
	visit: (entry: TarEntry, content: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
	const {extract} = await import('tar-stream');
	const archive = extract();
	let failure: unknown;
	const poured = pipeline(source, archive).catch((error: unknown) => {
		failure ??= error;
	});
	try {
		for await (const entry of archive) {
			const {name, type, size, mode, linkname} = entry.header;
			const described: TarEntry = {
				name,
				type: type ?? 'file',
				size: size ?? 0,
				mode: (mode ?? 0o644) & 0o777,
				target: linkname ?? undefined,
			};
			try {
				await visit(described, entry as AsyncIterable<Uint8Array>);
			} catch (error) {
				failure = error;
				throw error;
			}
			entry.resume();
		}
		await poured;
		if (failure !== undefined) throw failure;
	} catch (error) {
		source.destroy();
		archive.destroy();
		const cause = failure ?? error;
		if (cause instanceof OccoError) throw cause;
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new OccoError('OCCO_ARCHIVE', `broken archive: ${reason}`, {kind: 'no', cause});
	}
}
