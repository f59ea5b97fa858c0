import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, open} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {cleanEnvironment, type Host} from '@occo/host';
import {OccoError} from '@occo/model';
import {ownerOf, type Running, stateFile} from './state.ts';
import {readJson} from './store/durable.ts';

/** What `occo registry start` and `status` answer. */
export interface RegistryStatus {
	/** Address with a slash at its end; `null` while it does not run. */
	readonly url: string | null;
	/** The npm registry; the same address. */
	readonly npm: string | null;
	/** The Python simple index; `null` while this registry has none. */
	readonly python: string | null;
	/** Where Python packages are uploaded; `null` while this registry has no Python index. */
	readonly upload: string | null;
	readonly pid: number | null;
	/** Absolute folder. */
	readonly storage: string;
	/** Whether it answers. */
	readonly healthy: boolean;
}

/** Where and how a registry is to run. */
export interface RegistryOptions {
	/** Absolute; default `registry` in the user's data folder. */
	readonly storage?: string;
	/** Address to listen on, default 127.0.0.1. */
	readonly host?: string;
	/** 0 for any free one; default 4873. */
	readonly port?: number;
}

/** A registry that was started. */
export interface StartedRegistry {
	readonly status: RegistryStatus;
	/** Settles when the process has ended; answers its exit code. */
	readonly ended: Promise<number>;
	/** Ends it: what is under way is finished. */
	stop(): Promise<void>;
	/** Lets it go on when this process ends. */
	detach(): Promise<void>;
}

/** The storage folder that is meant when none is named. */
export const defaultStorage = (host: Host): string => join(host.folders.data, 'registry');

/**
 * Starts the registry in a process of its own and answers when it can be used. It ends with this process unless it is
 * detached. Throws `OCCO_REGISTRY_RUNNING` when another process has the storage, and names it.
 */
export async function startRegistry(host: Host, options: RegistryOptions = {}): Promise<StartedRegistry> {
	const {storage = defaultStorage(host), host: address = '127.0.0.1', port = 4873} = options;
	await mkdir(storage, {recursive: true, mode: 0o700});
	const fromSources = import.meta.url.endsWith('.ts');
	const main = fileURLToPath(new URL(fromSources ? './server-main.ts' : './server-main.js', import.meta.url));
	const log = await open(join(storage, 'registry.log'), 'a', 0o600);
	const child = spawn(
		host.nodePath,
		[...(fromSources ? ['--conditions=@occo/source'] : []), main, storage, address, String(port)],
		{
			cwd: storage,
			detached: true,
			stdio: ['ignore', log.fd, log.fd, 'ipc'],
			// Verdaccio has many modules: compiled once they load twice as fast
			env: {
				...cleanEnvironment(host.env),
				NODE_ENV: 'production',
				NODE_COMPILE_CACHE: join(host.folders.cache, 'node'),
			},
		},
	);
	const ended = once(child, 'exit').then(([code]) => (code as number | null) ?? 1);
	try {
		const url = await started(child, ended, storage);
		return {
			status: statusOf({url, pid: child.pid ?? 0}, storage, true),
			ended,
			async stop() {
				child.kill('SIGTERM');
				await ended;
			},
			detach: () =>
				new Promise((resolve, reject) => {
					child.once('disconnect', () => {
						child.unref();
						resolve();
					});
					child.send('detach', error => error && reject(error));
				}),
		};
	} finally {
		await log.close();
	}
}

/** Waits until the child says where it listens. */
async function started(child: ChildProcess, ended: Promise<number>, storage: string): Promise<string> {
	const first = once(child, 'message').then(
		([message]) => message as {url?: string; owner?: number; error?: string; code?: string},
	);
	const answer = await Promise.race([
		first,
		ended.then(code => ({error: `it ended with code ${code}`}) as Awaited<typeof first>),
	]);
	if (answer.url !== undefined) return answer.url;
	if (answer.owner !== undefined) {
		throw new OccoError(
			'OCCO_REGISTRY_RUNNING',
			`process ${answer.owner} already runs a registry on \`${storage}\``,
			{
				kind: 'no',
				hint: '`occo registry status` shows its address, `occo registry stop` ends it',
			},
		);
	}
	throw new OccoError('OCCO_REGISTRY', `the registry did not start: ${answer.error}`, {
		kind: 'world',
		hint:
			answer.code === 'EADDRINUSE'
				? 'choose another `--port`, or 0 for any free one'
				: `see \`${join(storage, 'registry.log')}\``,
	});
}

function statusOf(running: Running | undefined, storage: string, healthy: boolean): RegistryStatus {
	const url = running?.url ?? null;
	return {url, npm: url, python: null, upload: null, pid: running?.pid ?? null, storage, healthy};
}

/** Where the registry of a storage folder runs and whether it answers. */
export async function registryStatus(
	host: Host,
	storage: string = defaultStorage(host),
): Promise<RegistryStatus> {
	const running = await runningOn(storage);
	if (running === undefined) return statusOf(undefined, storage, false);
	const request = {url: `${running.url}-/ping`, retries: 0, inactivity: 3000};
	const healthy = await host.http.request(request).then(
		({status}) => status === 200,
		() => false,
	);
	return statusOf(running, storage, healthy);
}

async function runningOn(storage: string): Promise<Running | undefined> {
	const running = await readJson<Running>(stateFile(storage)).catch(() => undefined);
	return running !== undefined && (await ownerOf(storage)) === running.pid ? running : undefined;
}

/** Ends the registry of a storage folder; answers what ran, or `undefined` when nothing did. */
export async function stopRegistry(
	host: Host,
	storage: string = defaultStorage(host),
): Promise<Running | undefined> {
	const running = await runningOn(storage);
	if (running === undefined) return undefined;
	process.kill(running.pid, 'SIGTERM');
	for (const end = Date.now() + 15_000; Date.now() < end; ) {
		if ((await ownerOf(storage)) !== running.pid) return running;
		await new Promise(resolve => setTimeout(resolve, 50));
	}
	throw new OccoError('OCCO_REGISTRY', `process ${running.pid} does not end`, {
		kind: 'world',
		hint: `\`kill -9 ${running.pid}\`: nothing is lost by it`,
	});
}
