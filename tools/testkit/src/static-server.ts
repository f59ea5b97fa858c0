import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Scope} from './temporary-folder.ts';

/** What a server was asked. */
export interface ServerRequest {
	readonly method: string;
	/** As sent: percent-encoded, without the query. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A whole answer; 200 without a status. */
export interface Served {
	readonly status?: number;
	readonly body: string | Uint8Array;
	readonly type?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** What goes wrong with a request. */
export interface Fault {
	/** Answers this status, with an empty body and these headers. */
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** Answers this body in place of the right one. */
	readonly body?: string | Uint8Array;
	/** Waits so many ms before the answer. */
	readonly delay?: number;
	/** Never answers; `after-headers` sends the headers and half of the body first. */
	readonly hang?: 'at-once' | 'after-headers';
	/** Cuts the connection: before the answer, or in the middle of the body. */
	readonly cut?: 'at-once' | 'after-headers';
}

/** A server on 127.0.0.1 that counts what it is asked and can be told to misbehave. */
export interface FaultServer {
	/** `http://127.0.0.1:PORT/` */
	readonly url: string;
	/** Every request so far; may be emptied. */
	readonly requests: ServerRequest[];
	/** How many connections were opened so far, and how many were open at once at most. */
	readonly connections: {readonly opened: number; readonly most: number};
	/** Asked before each answer; set it to make requests fail. */
	fault: (request: ServerRequest) => Fault | undefined;
	close(): Promise<void>;
}

/** Serves files by path (`{'/a.tgz': bytes}`) or by function; what is not there is a 404. Closed when the test ends. */
export async function staticServer(
	t: Scope,
	content: Readonly<Record<string, string | Uint8Array>> | ((request: ServerRequest) => Served | undefined),
): Promise<FaultServer> {
	const answerTo =
		typeof content === 'function'
			? content
			: ({path}: ServerRequest): Served | undefined => {
					const body = Object.hasOwn(content, path) ? content[path] : undefined;
					return body === undefined ? undefined : {body};
				};
	const connections = {opened: 0, most: 0, open: 0};
	const http = createServer((incoming, response) => {
		incoming.resume();
		const request = described(incoming);
		server.requests.push(request);
		void answer(response, server.fault(request) ?? {}, () => answerTo(request));
	});
	http.on('connection', socket => {
		connections.opened += 1;
		connections.open += 1;
		connections.most = Math.max(connections.most, connections.open);
		socket.on('close', () => {
			connections.open -= 1;
		});
	});
	await new Promise<void>((resolve, reject) => {
		http.once('error', reject);
		http.listen(0, '127.0.0.1', resolve);
	});
	const server: FaultServer = {
		url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
		requests: [],
		connections,
		fault: () => undefined,
		close: () =>
			new Promise(resolve => {
				http.close(() => resolve());
				http.closeAllConnections();
			}),
	};
	t.teardown(() => server.close());
	return server;
}

function described({method = 'GET', url = '/', headers}: IncomingMessage): ServerRequest {
	return {method, path: url.split('?', 1)[0] ?? '/', headers};
}

async function answer(
	response: ServerResponse,
	fault: Fault,
	right: () => Served | undefined,
): Promise<void> {
	if (fault.hang === 'at-once') return;
	if (fault.delay !== undefined) await new Promise(resolve => setTimeout(resolve, fault.delay));
	if (fault.cut === 'at-once') return void response.socket?.destroy();
	if (fault.status !== undefined) {
		response.writeHead(fault.status, {'content-length': 0, ...fault.headers}).end();
		return;
	}
	const served = right();
	const body = Buffer.from(fault.body ?? served?.body ?? JSON.stringify({error: 'not found'}));
	response.writeHead(served ? (served.status ?? 200) : 404, {
		'content-type': served?.type ?? 'application/octet-stream',
		'content-length': body.length,
		...served?.headers,
	});
	if (fault.hang === undefined && fault.cut === undefined) return void response.end(body);
	response.write(body.subarray(0, Math.ceil(body.length / 2)), () => {
		if (fault.cut) response.socket?.destroy();
	});
}
