import {randomUUID} from 'node:crypto';
import {type FileHandle, link, mkdir, open, readFile, rename, unlink} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/** Makes the entries of a folder durable; calls that come while one is running share the next one. */
function folderSync(): (folder: string) => Promise<void> {
	const running = new Map<string, {now: Promise<void>; next?: Promise<void>}>();
	const start = (folder: string): Promise<void> => {
		const entry: {now: Promise<void>; next?: Promise<void>} = {now: syncFolder(folder)};
		running.set(folder, entry);
		const done = (): void => {
			if (entry.next === undefined) running.delete(folder);
		};
		entry.now.then(done, done);
		return entry.now;
	};
	return folder => {
		const entry = running.get(folder);
		if (entry === undefined) return start(folder);
		// the running one may have begun before our entry was made
		entry.next ??= entry.now.catch(() => {}).then(() => start(folder));
		return entry.next;
	};
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** Makes a folder and its missing parents, all durable, readable by the owner only. */
export async function makeDurableFolder(folder: string): Promise<void> {
	const first = await mkdir(folder, {recursive: true, mode: 0o700});
	if (first === undefined) return;
	for (let made = folder; ; made = dirname(made)) {
		await syncFolder(dirname(made));
		if (made === first) return;
	}
}

/** Writes a new file readable by the owner only, and syncs its content. */
async function writeSynced(path: string, content: Uint8Array): Promise<void> {
	const handle: FileHandle = await open(path, 'wx', 0o600);
	try {
		await handle.writeFile(content);
		await handle.datasync();
	} finally {
		await handle.close();
	}
}

/** Why a request is refused, for the client: an HTTP status and a sentence. */
export class Refusal extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.name = 'Refusal';
		this.status = status;
	}
}

/** Creates a file that must not exist, whole and durable; answers whether it did not. `temporaries` is on the same file system. */
export function createFile(
	path: string,
	content: string | Uint8Array,
	temporaries: string,
): Promise<boolean> {
	return place(path, content, temporaries, link);
}

/** Writes a file in one step, durable. `temporaries` is on the same file system. */
export async function replaceFile(
	path: string,
	content: string | Uint8Array,
	temporaries: string,
): Promise<void> {
	await place(path, content, temporaries, rename);
}

/** The JSON in a file, `undefined` when there is none. Throws at what is no JSON. */
export async function readJson<Content>(path: string): Promise<Content | undefined> {
	try {
		return JSON.parse(await readFile(path, 'utf8')) as Content;
	} catch (error) {
		if ((error as {code?: string}).code === 'ENOENT') return undefined;
		throw error;
	}
}

const sync: (folder: string) => Promise<void> = folderSync();

/** Writes `path` through a synced temporary file: `link` refuses (and answers `false`) where a file is, `rename` replaces it. */
async function place(
	path: string,
	content: string | Uint8Array,
	temporaries: string,
	put: (from: string, to: string) => Promise<void>,
): Promise<boolean> {
	const temporary = join(temporaries, randomUUID());
	try {
		await writeSynced(temporary, typeof content === 'string' ? Buffer.from(content) : content);
		try {
			await put(temporary, path);
		} catch (error) {
			if ((error as {code?: string}).code !== 'ENOENT') throw error;
			await makeDurableFolder(dirname(path));
			await put(temporary, path);
		}
		await sync(dirname(path));
		return true;
	} catch (error) {
		const {code} = error as {code?: string};
		if (code === 'EEXIST') return false;
		if (code === 'ENOSPC' || code === 'EDQUOT') throw new Refusal(507, 'the registry has no space left');
		throw error;
	} finally {
		await unlink(temporary).catch(() => {});
	}
}
