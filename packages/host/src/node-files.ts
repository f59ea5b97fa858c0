import {constants, createReadStream} from 'node:fs';
import * as fs from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import type {Readable} from 'node:stream';
import {OccoError} from '@occo/model';
import type {Files, Stat} from './files.ts';

type Failure = Error & {code?: string};

const codeOf = (error: unknown): string => (error as Failure).code ?? '';
const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

/** The real file system behind {@link Files}. */
export const nodeFiles: Files = {
	readText: path => unlessMissing(fs.readFile(path, 'utf8')),
	readBytes: path => unlessMissing(fs.readFile(path)),
	readStream,
	stat,
	exists: async path => (await stat(path)) !== undefined,
	list: async path => (await unlessMissing(fs.readdir(path)))?.sort(byCodePoint) ?? [],
	walk,
	realPath: path => unlessMissing(fs.realpath(path)),
	write: (path, content, options) =>
		writeAtomically(path, handle => handle.writeFile(content), options).then(() => {}),
	writeStream: (path, content, options) => writeAtomically(path, handle => pour(content, handle), options),
	create,
	makeFolder: path => guarded(path, async () => void (await fs.mkdir(path, {recursive: true}))),
	remove: path => fs.rm(path, {recursive: true, force: true, maxRetries: 3}),
	rename: (from, to) => guarded(to, () => fs.rename(from, to)),
	link,
	symlink: (target, path) => guarded(path, () => fs.symlink(target, path)),
	readLink: path => unlessMissing(fs.readlink(path)),
	chmod: (path, mode) => fs.chmod(path, mode),
	temporaryFolder: async (prefix, parent = tmpdir()) => {
		await guarded(parent, async () => void (await fs.mkdir(parent, {recursive: true})));
		return guarded(parent, () => fs.mkdtemp(join(parent, prefix)));
	},
	freeSpace: async path => {
		const {bavail, bsize} = await fs.statfs(path);
		return bavail * bsize;
	},
};

function byCodePoint(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
	try {
		return await promise;
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw explained(error);
	}
}

function readStream(path: string): Readable {
	const stream = createReadStream(path, {highWaterMark: 512 * 1024});
	// The error is translated on its way out, so that readers see our code and not Node's.
	const emit = stream.emit.bind(stream);
	stream.emit = (event: string | symbol, ...values: unknown[]) =>
		event === 'error' ? emit('error', missingOr(values[0], path)) : emit(event as 'data', ...(values as []));
	return stream;
}

function missingOr(error: unknown, path: string): unknown {
	return isMissing(error)
		? new OccoError('OCCO_FILE_MISSING', `\`${path}\` is not there`, {kind: 'world'})
		: explained(error);
}

async function stat(path: string): Promise<Stat | undefined> {
	const found = await unlessMissing(fs.lstat(path));
	if (!found) return undefined;
	const type = found.isFile()
		? 'file'
		: found.isDirectory()
			? 'folder'
			: found.isSymbolicLink()
				? 'link'
				: 'other';
	return {
		type,
		size: found.size,
		mode: found.mode & 0o7777,
		modified: found.mtimeMs,
		identity: `${found.dev}:${found.ino}`,
		links: found.nlink,
	};
}

async function walk(path: string): Promise<readonly string[]> {
	const files: string[] = [];
	const visit = async (folder: string, prefix: string): Promise<void> => {
		for (const entry of (await unlessMissing(fs.readdir(folder, {withFileTypes: true}))) ?? []) {
			const name = prefix + entry.name;
			if (entry.isDirectory()) await visit(join(folder, entry.name), `${name}/`);
			else files.push(name);
		}
	};
	await visit(path, '');
	return files.sort(byCodePoint);
}

let serial = 0;

/** A name beside the target that no other process or call uses. */
function temporaryName(path: string): string {
	serial += 1;
	return join(dirname(path), `.${basename(path).slice(0, 60)}.occo-tmp-${process.pid}-${serial}`);
}

async function writeAtomically<T>(
	path: string,
	fill: (handle: fs.FileHandle) => Promise<T>,
	options: {mode?: number; sync?: boolean} = {},
): Promise<T> {
	const temporary = temporaryName(path);
	return guarded(path, async () => {
		await fs.mkdir(dirname(path), {recursive: true});
		try {
			const result = await filled(temporary, fill, options);
			await fs.rename(temporary, path);
			if (options.sync) await syncFolder(dirname(path));
			return result;
		} catch (error) {
			await fs.rm(temporary, {force: true});
			throw error;
		}
	});
}

async function filled<T>(
	path: string,
	fill: (handle: fs.FileHandle) => Promise<T>,
	{mode, sync}: {mode?: number; sync?: boolean},
): Promise<T> {
	const handle = await fs.open(path, 'wx', mode ?? 0o666);
	try {
		const result = await fill(handle);
		if (mode !== undefined) await handle.chmod(mode);
		if (sync) await handle.sync();
		return result;
	} finally {
		await handle.close();
	}
}

/** Bytes gathered before they are written: a trip to the thread pool costs more than a copy. */
const gathered = 1024 * 1024;

async function pour(content: AsyncIterable<Uint8Array>, handle: fs.FileHandle): Promise<number> {
	let size = 0;
	let pending: Uint8Array[] = [];
	let waiting = 0;
	const flush = async (): Promise<void> => {
		const bytes = pending.length === 1 ? (pending[0] as Uint8Array) : Buffer.concat(pending, waiting);
		for (let written = 0; written < bytes.length; )
			written += (await handle.write(bytes, written)).bytesWritten;
		pending = [];
		waiting = 0;
	};
	for await (const chunk of content) {
		pending.push(chunk);
		waiting += chunk.length;
		size += chunk.length;
		if (waiting >= gathered) await flush();
	}
	if (waiting > 0) await flush();
	return size;
}

async function syncFolder(path: string): Promise<void> {
	const handle = await fs.open(path, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

async function create(
	path: string,
	content: string | Uint8Array,
	options: {mode?: number} = {},
): Promise<boolean> {
	const temporary = temporaryName(path);
	return guarded(path, async () => {
		await fs.mkdir(dirname(path), {recursive: true});
		try {
			await filled(temporary, handle => handle.writeFile(content), {...options, sync: true});
			await fs.link(temporary, path);
			return true;
		} catch (error) {
			if (codeOf(error) === 'EEXIST') return false;
			throw error;
		} finally {
			await fs.rm(temporary, {force: true});
		}
	});
}

async function link(from: string, to: string): Promise<void> {
	const temporary = temporaryName(to);
	await guarded(to, async () => {
		try {
			await fs.link(from, to);
			return;
		} catch (error) {
			if (codeOf(error) === 'ENOENT') await fs.mkdir(dirname(to), {recursive: true});
			else if (!['EEXIST', 'EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error)))
				throw error;
		}
		try {
			await fs.link(from, temporary).catch(() => fs.copyFile(from, temporary, constants.COPYFILE_FICLONE));
			await fs.rename(temporary, to);
		} finally {
			await fs.rm(temporary, {force: true});
		}
	});
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw explained(error, path);
	}
}

/** Turns what the system says into an error that a user can act on; anything else passes unchanged. */
function explained(error: unknown, path?: string): unknown {
	const code = codeOf(error);
	const where = path ?? (error as {path?: string}).path ?? 'the disk';
	if (code === 'ENOSPC' || code === 'EDQUOT') {
		return new OccoError('OCCO_DISK_FULL', `no space left to write \`${where}\``, {
			kind: 'world',
			hint: 'free some space and run the same command again',
			cause: error,
		});
	}
	if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
		return new OccoError('OCCO_NOT_PERMITTED', `not permitted: \`${where}\``, {
			kind: 'world',
			hint: 'check its owner and mode, or choose another folder',
			cause: error,
		});
	}
	return error;
}
