import {statfs} from 'node:fs/promises';
import type {IncomingMessage, RequestListener, Server, ServerResponse} from 'node:http';

/** Bytes of request bodies that may be in memory at one time: a publish is held whole, three times over. */
const budget = 128 * 1024 * 1024;

/** What a body of unknown length counts. */
const unknownLength = 16 * 1024 * 1024;

/**
 * Lets large uploads wait, unread, until there is memory for them, and refuses with 507 what the disk cannot take. Small
 * requests pass at once.
 */
export function admitUploads(server: Server, storage: string): void {
	const listeners = server.listeners('request') as RequestListener[];
	server.removeAllListeners('request');
	const pass: RequestListener = (request, response) => {
		for (const listener of listeners) listener.call(server, request, response);
	};
	const waiting: (() => void)[] = [];
	let used = 0;
	const release = (size: number): void => {
		used -= size;
		waiting.shift()?.();
	};
	const admit = (size: number, request: IncomingMessage, response: ServerResponse): void => {
		if (used > 0 && used + size > budget) {
			waiting.push(() => admit(size, request, response));
			return;
		}
		used += size;
		response.once('close', () => release(size));
		pass(request, response);
	};
	server.on('request', (request: IncomingMessage, response: ServerResponse) => {
		const size = bodySize(request);
		if (size < 65_536) return pass(request, response);
		statfs(storage)
			.then(({bavail, bsize}) => bavail * bsize < size * 2)
			.catch(() => false)
			.then(full => (full ? refuse(response) : admit(size, request, response)))
			.catch(() => response.destroy());
	});
}

function bodySize({method, headers}: IncomingMessage): number {
	if (method !== 'PUT' && method !== 'POST') return 0;
	const length = Number(headers['content-length']);
	return Number.isSafeInteger(length) ? length : unknownLength;
}

function refuse(response: ServerResponse): void {
	response.writeHead(507, {'content-type': 'application/json; charset=utf-8', connection: 'close'});
	response.end(JSON.stringify({error: 'the registry has no space left for this', success: false}));
}
