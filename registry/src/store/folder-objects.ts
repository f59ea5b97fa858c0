import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {readdir, readFile, rm, stat, statfs} from 'node:fs/promises';
import {join} from 'node:path';
import {createFile, makeDurableFolder, replaceFile} from './durable.ts';
import type {Objects, StoredObject} from './objects.ts';
import {queues} from './queues.ts';

const isAbsent = (error: unknown): boolean =>
	['ENOENT', 'ENOTDIR'].includes(String((error as {code?: unknown}).code));

/** What a read answers, or `absent` where nothing is. */
async function unlessAbsent<Result>(reading: Promise<Result>, absent: Result): Promise<Result> {
	try {
		return await reading;
	} catch (error) {
		if (isAbsent(error)) return absent;
		throw error;
	}
}

/**
 * Keeps objects as files of a folder. Every object is written to `tmp/`, synced, then gets its name by `link(2)`
 * (create) or `rename(2)` (swap). What an earlier process left in `tmp/` is swept here, so the folder must be owned
 * before; see `owned`.
 */
export async function folderObjects(root: string): Promise<Objects> {
	const temporaries = join(root, 'tmp');
	await rm(temporaries, {recursive: true, force: true});
	await makeDurableFolder(temporaries);
	const inTurn = queues();

	async function read(key: string): Promise<StoredObject | undefined> {
		const content = await unlessAbsent<Buffer | undefined>(readFile(join(root, key)), undefined);
		return content && {content, tag: createHash('sha256').update(content).digest('hex')};
	}

	return {
		create: (key, content) => createFile(join(root, key), content, temporaries),
		swap: (key, tag, content) =>
			inTurn(key, async () => {
				if ((await read(key))?.tag !== tag) return false;
				await replaceFile(join(root, key), content, temporaries);
				return true;
			}),
		read,
		stream: (key, range) => createReadStream(join(root, key), range),
		size: async key => (await unlessAbsent(stat(join(root, key)), undefined))?.size,
		list: async prefix => (await unlessAbsent<string[]>(readdir(join(root, prefix)), [])).sort(),
		remove: key => rm(join(root, key), {force: true}),
		async free() {
			const {bavail, bsize} = await statfs(root);
			return bavail * bsize;
		},
	};
}
