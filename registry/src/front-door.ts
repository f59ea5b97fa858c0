import {statfs} from 'node:fs/promises';
import type {IncomingMessage, RequestListener, Server, ServerResponse} from 'node:http';
import type {Access} from './access.ts';
import {memoryBudget} from './memory-budget.ts';
import {type NpmRoutes, routeOf} from './npm/routes.ts';
import {Refusal} from './store/durable.ts';

/** The largest body that is read, in bytes: a JavaScript string cannot be longer. */
const largestBody = 512 * 1024 * 1024;

/** What the front door leads to. */
export interface Rooms {
	readonly storage: string;
	readonly access: Access;
	readonly npm: NpmRoutes;
}

/**
 * Stands before Verdaccio: npm's package, tarball and tag routes are answered from the store; everything else (users,
 * tokens, search, web pages) goes on to Verdaccio. An upload is read only once its sender may publish, there is memory
 * for it and the disk can take it.
 */
export function openFrontDoor(server: Server, {storage, access, npm}: Rooms): void {
	const verdaccio = server.listeners('request') as RequestListener[];
	server.removeAllListeners('request');
	const budget = memoryBudget(128 * 1024 * 1024);

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const {method = 'GET', url = '/'} = request;
		const path = url.split('?', 1)[0] ?? '/';
		const reads = method === 'GET' || method === 'HEAD';
		const route = routeOf(path);
		if (route === undefined) {
			if (!reads && method !== 'OPTIONS' && !path.startsWith('/-/')) {
				throw new Refusal(400, 'nothing can be published or changed at this path');
			}
			for (const listener of verdaccio) listener.call(server, request, response);
			return;
		}
		const user = await access.identify(request);
		await access.permit(reads ? 'access' : 'publish', route.name, user);
		if (reads) return npm.read(route, request, response);
		const size = sizeOf(request);
		if (await isTooFull(storage, size)) throw new Refusal(507, 'the registry has no space left for this');
		await budget(size, async () => npm.write(route, {request, body: await bodyOf(request), user}, response));
	}

	server.on('request', (request: IncomingMessage, response: ServerResponse) => {
		answer(request, response).catch((error: unknown) => refuse(request, response, error));
	});
}

function sizeOf({headers}: IncomingMessage): number {
	const encoding = headers['content-encoding'];
	if (encoding !== undefined && encoding !== 'identity')
		throw new Refusal(415, 'the body must not be compressed');
	const length = headers['content-length'];
	if (length === undefined) return headers['transfer-encoding'] === undefined ? 0 : 16 * 1024 * 1024;
	if (Number(length) > largestBody) throw new Refusal(413, `at most ${largestBody} bytes can be sent`);
	return Number(length);
}

/** Small bodies pass without a look at the disk: what does not fit is refused when it is written. */
async function isTooFull(storage: string, size: number): Promise<boolean> {
	if (size < 65_536) return false;
	const {bavail, bsize} = await statfs(storage);
	return bavail * bsize < size;
}

/** The body as JSON; `undefined` for none. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > largestBody) throw new Refusal(413, `at most ${largestBody} bytes can be sent`);
		chunks.push(chunk);
	}
	if (size === 0) return undefined;
	try {
		return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
	} catch {
		throw new Refusal(400, 'the body is no JSON');
	}
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
	if (response.headersSent || request.errored) {
		response.destroy();
		return;
	}
	const known = error instanceof Refusal;
	if (!known) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	response.writeHead(known ? error.status : 500, {
		'content-type': 'application/json; charset=utf-8',
		// what is left of a refused body is not waited for
		...(request.complete ? {} : {connection: 'close'}),
	});
	response.end(JSON.stringify({error: known ? error.message : 'internal error', success: false}));
}
