import {readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {createFile, readJson} from './store/durable.ts';

/** Where a running registry says where it is. */
export const stateFile = (storage: string): string => join(storage, 'running.json');

const lockFile = (storage: string): string => join(storage, 'owner.json');

interface Owner {
	readonly pid: number;
	/** Field 22 of proc(5)'s stat file: a process id alone may be used again. */
	readonly started: string;
}

async function startOf(pid: number): Promise<string> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Whether a process exists and is the one that started then. */
async function isAlive({pid, started}: Owner): Promise<boolean> {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if ((error as {code?: string}).code !== 'EPERM') return false;
	}
	const now = await startOf(pid);
	return now === '' || started === '' || now === started;
}

/** Takes a storage folder for this process; answers how to give it back. Throws when another live process has it. */
export async function owned(storage: string): Promise<() => Promise<void>> {
	const mine: Owner = {pid: process.pid, started: await startOf(process.pid)};
	for (let attempt = 0; attempt < 5; attempt++) {
		if (await createFile(lockFile(storage), JSON.stringify(mine), join(storage, 'tmp'))) {
			return () => rm(lockFile(storage), {force: true});
		}
		const owner = await readJson<Owner>(lockFile(storage)).catch(() => undefined);
		if (owner && (await isAlive(owner))) {
			throw new Error(`the storage ${storage} belongs to the running process ${owner.pid}`);
		}
		await rm(lockFile(storage), {force: true});
	}
	throw new Error(`the storage ${storage} cannot be taken`);
}
