import {join} from 'node:path';
import {OccoError} from '@occo/model';
import type {Host} from './host.ts';

/** A lock among the processes of one machine. */
export interface Lock {
	/** Absolute; the lock's own, made when it is missing. */
	readonly folder: string;
	/** What the holder does, told to those who find it locked: `occo clone-all`. */
	readonly holder: string;
	/** What is locked, told with it: `this workspace`. */
	readonly what: string;
	/** Waits for the holder to end, as long as it takes, in place of failing at once. */
	readonly wait?: boolean;
}

interface Holder {
	readonly pid: number;
	readonly name: string;
	/** When its process started, in the kernel's ticks: a process id alone may be used again. */
	readonly started: string;
	readonly released?: boolean;
}

/**
 * Does work while holding a lock. Fails with `OCCO_LOCKED`, or waits, when another live process (or another part of this
 * one) holds it; the lock of a dead process is taken over. Whatever moment a process is killed at, there are never two
 * holders.
 *
 * The folder has one file a holder, numbered upwards; the highest number holds. Only who finds the highest one dead or
 * released makes the next number, which one alone can; so nothing is ever taken away from somebody alive.
 */
export async function withLock<T>(host: Host, lock: Lock, work: () => Promise<T>): Promise<T> {
	const {folder, holder: name} = lock;
	const mine: Holder = {pid: host.processId, name, started: await startOf(host, host.processId)};
	const number = await acquire(host, lock, mine);
	try {
		return await work();
	} finally {
		// Where that fails (a full disk), the end of the process frees it.
		await host.files
			.write(join(folder, `${number}`), JSON.stringify({...mine, released: true}))
			.catch(() => {});
	}
}

async function acquire(host: Host, lock: Lock, mine: Holder): Promise<number> {
	const {folder, wait = false} = lock;
	let told = false;
	for (;;) {
		const highest = (await numbersIn(host, folder)).at(-1) ?? 0;
		const holder = highest === 0 ? undefined : parsed(await host.files.readText(join(folder, `${highest}`)));
		if (holder !== undefined && (await isAlive(host, holder))) {
			if (!wait) throw locked(lock, holder);
			if (!told)
				host.report({type: 'note', message: `waiting for \`${holder.name}\` (process ${holder.pid})`});
			told = true;
			if (host.signal.aborted) throw new OccoError('OCCO_INTERRUPTED', 'interrupted', {kind: 'interrupted'});
			await new Promise(resolve => setTimeout(resolve, 50));
			continue;
		}
		const number = highest + 1;
		if (!(await host.files.create(join(folder, `${number}`), JSON.stringify(mine)))) continue;
		const numbers = await numbersIn(host, folder);
		const older = numbers.filter(one => one < number);
		// Who looked long ago may have made a number that was used and swept away since: a higher one tells.
		if (numbers.at(-1) !== number) {
			await host.files.remove(join(folder, `${number}`));
			continue;
		}
		await Promise.all(older.map(one => host.files.remove(join(folder, `${one}`))));
		return number;
	}
}

/** Ascending. */
async function numbersIn(host: Host, folder: string): Promise<number[]> {
	const names = await host.files.list(folder);
	return names
		.filter(name => /^[1-9]\d*$/.test(name))
		.map(Number)
		.sort((a, b) => a - b);
}

function locked({what, folder}: Lock, {name, pid}: Holder): OccoError {
	return new OccoError('OCCO_LOCKED', `\`${name}\` (process ${pid}) is working on ${what}`, {
		kind: 'world',
		hint: `wait until it is done, or stop it, and run the command again (the lock is \`${folder}\`)`,
	});
}

/** `undefined` for what nobody holds: gone since, damaged or released. */
function parsed(text: string | undefined): Holder | undefined {
	try {
		const holder = JSON.parse(text ?? '') as Holder;
		return Number.isInteger(holder.pid) && holder.released !== true ? holder : undefined;
	} catch {
		return undefined;
	}
}

/** Field 22 of proc(5)'s stat file; empty where there is no /proc. */
async function startOf(host: Host, pid: number): Promise<string> {
	const stat = await host.files.readText(`/proc/${pid}/stat`);
	return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function isAlive(host: Host, {pid, started}: Holder): Promise<boolean> {
	if (!host.isRunning(pid)) return false;
	const now = await startOf(host, pid);
	return now === '' || started === '' || now === started;
}
