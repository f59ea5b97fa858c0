// The process that the registry runs in: `server-main STORAGE HOST PORT`. It owns the storage folder while it lives.
import {mkdir, rm, writeFile} from 'node:fs/promises';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {runServer} from 'verdaccio';
import {configuration} from './configuration.ts';
import {storeOf} from './plugin.ts';
import {owned, stateFile} from './state.ts';
import {replaceFile} from './store/durable.ts';

const [storage = '', host = '127.0.0.1', port = '0'] = process.argv.slice(2);
process.umask(0o077);

async function writePlugin(): Promise<string> {
	const folder = join(storage, 'plugins');
	// Verdaccio loads plugins from a folder by name; ours is wherever occo is installed.
	const source = new URL(import.meta.url.endsWith('.ts') ? './plugin.ts' : './plugin.js', import.meta.url);
	await mkdir(join(folder, 'verdaccio-occo'), {recursive: true});
	await writeFile(
		join(folder, 'verdaccio-occo', 'package.json'),
		'{"name": "verdaccio-occo", "version": "1.0.0", "type": "module", "main": "index.js"}',
	);
	await writeFile(
		join(folder, 'verdaccio-occo', 'index.js'),
		`export {OccoPlugin as default} from ${JSON.stringify(source.href)};\n`,
	);
	return folder;
}

async function main(): Promise<void> {
	await mkdir(join(storage, 'verdaccio'), {recursive: true});
	await mkdir(join(storage, 'secrets'), {recursive: true});
	await mkdir(join(storage, 'tmp'), {recursive: true});
	const release = await owned(storage);
	await storeOf(storage);
	const server = (await runServer(configuration(storage, await writePlugin()) as never)) as Server;
	server.keepAliveTimeout = 65_000;
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(Number(port), host, resolve);
	});
	const address = server.address() as AddressInfo;
	const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
	const url = `http://${shown === '0.0.0.0' ? '127.0.0.1' : shown}:${address.port}/`;
	await replaceFile(stateFile(storage), JSON.stringify({url, pid: process.pid}), join(storage, 'tmp'));
	process.send?.({url});
	const stop = (): void => {
		// What is under way is finished; idle connections are closed.
		server.close(() => {
			void rm(stateFile(storage), {force: true})
				.then(release)
				.then(() => process.exit(0));
		});
		server.closeIdleConnections();
		setTimeout(() => server.closeAllConnections(), 10_000).unref();
	};
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
}

main().catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	process.send?.({error: message});
	process.stderr.write(`${message}\n`);
	process.exitCode = 3;
	process.disconnect?.();
});
