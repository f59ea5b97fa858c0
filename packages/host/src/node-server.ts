import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

/** Answers one request; what it throws becomes a 500 without details. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A server that lives as long as one job. */
export interface LoopbackServer {
	/** `http://127.0.0.1:PORT/` */
	readonly url: string;
	close(): Promise<void>;
}

/** Serves on a free port of 127.0.0.1 only. */
export async function serveLoopback(handler: Handler): Promise<LoopbackServer> {
	const server = createServer((request, response) => {
		Promise.resolve()
			.then(() => handler(request, response))
			.catch(() => {
				if (!response.headersSent) response.writeHead(500);
				response.end();
			});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const {port} = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/`,
		close: () =>
			new Promise(resolve => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
