// The process that the registry runs in: `server-main STORAGE HOST PORT`. It owns the storage folder while it lives,
// tells its parent over IPC where it listens, and ends with the parent unless that lets go of it first.
import {mkdir, rm} from 'node:fs/promises';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {runServer} from 'verdaccio';
import {configuration} from './configuration.ts';
import {openFrontDoor} from './front-door.ts';
import {npmRoutes} from './npm/routes.ts';
import {accessTo, createPublisherToken, storeOf} from './plugin.ts';
import {secretsFolder, stateFile, takeOwnership} from './state.ts';
import {replaceFile} from './store/durable.ts';

const [storage = '', host = '127.0.0.1', port = '0'] = process.argv.slice(2);
process.umask(0o077);

async function start(): Promise<void> {
	await mkdir(join(storage, 'verdaccio'), {recursive: true});
	await mkdir(secretsFolder(storage), {recursive: true});
	const owner = await takeOwnership(storage);
	if (owner !== undefined) {
		process.send?.({owner});
		throw new Error(`the storage ${storage} belongs to the running process ${owner}`);
	}
	const store = await storeOf(storage);
	const server = (await runServer(configuration(storage) as never)) as Server;
	await createPublisherToken(storage);
	openFrontDoor(server, {storage, access: accessTo(storage), npm: npmRoutes(store)});
	server.keepAliveTimeout = 65_000;
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(Number(port), host, resolve);
	});
	const url = urlOf(server.address() as AddressInfo);
	await replaceFile(stateFile(storage), JSON.stringify({url, pid: process.pid}), join(storage, 'tmp'));
	let released = false;
	process.once('message', () => {
		released = true;
		process.disconnect?.();
	});
	process.once('disconnect', () => released || stop(server));
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(server));
	process.send?.({url});
}

function urlOf({family, address, port: listening}: AddressInfo): string {
	if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${listening}/`;
	return `http://${family === 'IPv6' ? `[${address}]` : address}:${listening}/`;
}

/** Finishes what is under way, then ends. */
function stop(server: Server): void {
	server.close(() => {
		void rm(stateFile(storage), {force: true}).finally(() => process.exit(0));
	});
	server.closeIdleConnections();
	// a keep-alive connection becomes idle only after its answer
	setInterval(() => server.closeIdleConnections(), 100).unref();
	setTimeout(() => server.closeAllConnections(), 10_000).unref();
}

start().catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	process.send?.({error: message, code: (error as {code?: unknown}).code});
	process.stderr.write(`${message}\n`);
	process.exitCode = 3;
	process.disconnect?.();
	setTimeout(() => process.exit(), 1000).unref();
});
