import {mkdir, readdir, readFile, rm, stat, utimes} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {createFile, readJson} from './store/durable.ts';

/** Where a running registry is. */
export interface Running {
	/** Address with a slash at its end. */
	readonly url: string;
	readonly pid: number;
}

/** The file in which a running registry says where it is. */
export const stateFile = (storage: string): string => join(storage, 'running.json');

/** Where the server's secrets are: signing key, publisher's token, users, generated tokens. */
export const secretsFolder = (storage: string): string => join(storage, 'secrets');

/** The publisher's token of a storage folder. */
export const tokenFile = (storage: string): string => join(secretsFolder(storage), 'publisher-token');

/** The password file of a storage folder. */
export const usersFile = (storage: string): string => join(secretsFolder(storage), 'htpasswd');

interface Owner {
	readonly pid: number;
	/** Field 22 of proc(5)'s stat file: a process id alone may be used again. */
	readonly started: string;
	readonly machine: string;
}

/** How often an owner shows that it lives, and when one on another machine counts as dead, in ms. */
const heartbeat = {every: 5000, patience: 60_000};

async function startOf(pid: number): Promise<string> {
	const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? '';
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

async function owns(file: string, owner: Owner): Promise<boolean> {
	if (owner.machine === hostname()) return isAlive(owner);
	const seen = await stat(file).catch(() => undefined);
	return seen !== undefined && Date.now() - seen.mtimeMs < heartbeat.patience;
}

async function numbers(folder: string): Promise<readonly number[]> {
	const names = await readdir(folder).catch(() => []);
	return names.filter(name => /^\d+\.json$/.test(name)).map(name => Number.parseInt(name, 10));
}

const newest = async (folder: string): Promise<number> => Math.max(0, ...(await numbers(folder)));

/** The live process that owns a storage folder, `undefined` when there is none. */
export async function ownerOf(storage: string): Promise<number | undefined> {
	const folder = join(storage, 'owner');
	const file = join(folder, `${await newest(folder)}.json`);
	const owner = await readJson<Owner>(file).catch(() => undefined);
	return owner !== undefined && (await owns(file, owner)) ? owner.pid : undefined;
}

/**
 * Takes a storage folder for this process until it ends. Answers the process that has it instead, if there is one.
 * Owners are numbered: whoever finds the newest one dead creates the next number, which only one can. The newest file
 * is never removed, so that a slow contender cannot take a number that was in use.
 */
export async function takeOwnership(storage: string): Promise<number | undefined> {
	const folder = join(storage, 'owner');
	await mkdir(folder, {recursive: true, mode: 0o700});
	const mine: Owner = {pid: process.pid, started: await startOf(process.pid), machine: hostname()};
	for (;;) {
		const number = await newest(folder);
		const owner = await ownerOf(storage);
		if (owner !== undefined) return owner;
		const file = join(folder, `${number + 1}.json`);
		if (!(await createFile(file, JSON.stringify(mine), folder))) continue;
		if ((await newest(folder)) > number + 1) {
			await rm(file, {force: true});
			continue;
		}
		for (const old of await numbers(folder)) {
			if (old <= number) await rm(join(folder, `${old}.json`), {force: true});
		}
		setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), heartbeat.every).unref();
		return undefined;
	}
}
