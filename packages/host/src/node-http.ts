import {Agent as HttpAgent} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import {Readable} from 'node:stream';
import {OccoError} from '@occo/model';
import type {Http, HttpRequest, HttpResponse, HttpStream} from './http.ts';

type Got = typeof import('got');

/** Simultaneous connections to one host; more gained nothing and bursts stalled (see docs/decisions/0001). */
const sockets = 16;

/** HTTP over got. `ca` are extra PEM certificates, `signal` aborts what is under way. */
export function nodeHttp(options: {
	signal: AbortSignal;
	userAgent: string;
	ca?: () => Promise<string[]>;
}): Http {
	let loaded: Promise<{got: Got; agents: {http: HttpAgent; https: HttpsAgent}}> | undefined;
	const load = (): NonNullable<typeof loaded> => {
		loaded ??= (async () => {
			const [got, ca] = await Promise.all([import('got'), options.ca?.() ?? []]);
			const settings = {
				keepAlive: true,
				maxSockets: sockets,
				maxFreeSockets: sockets,
				scheduling: 'lifo' as const,
			};
			const trusted = ca.length > 0 ? {ca: [...(await import('node:tls')).rootCertificates, ...ca]} : {};
			return {got, agents: {http: new HttpAgent(settings), https: new HttpsAgent({...settings, ...trusted})}};
		})();
		return loaded;
	};
	const parameters = async (request: HttpRequest) => {
		const {agents} = await load();
		const {method = 'GET', body, inactivity = 60_000} = request;
		const safe = method === 'GET' || method === 'HEAD';
		return {
			method,
			agent: agents,
			headers: {'user-agent': options.userAgent, ...request.headers},
			...(body === undefined ? {} : {body}),
			decompress: true,
			throwHttpErrors: false,
			followRedirect: request.redirects ?? safe,
			signal: options.signal,
			timeout: {connect: 5000, lookup: 5000, secureConnect: 10_000, socket: inactivity},
			retry: {
				limit: request.retries ?? (body instanceof Readable ? 0 : 2),
				methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as ('GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE')[],
				statusCodes: [429, 500, 502, 503, 504],
				calculateDelay: ({computedValue}: {computedValue: number}) => Math.min(computedValue / 4, 5000),
			},
		};
	};
	return {
		request: async request => {
			const {got} = await load();
			try {
				const answer = await got.default(request.url, {
					...(await parameters(request)),
					responseType: 'buffer',
				});
				return {status: answer.statusCode, headers: plain(answer.headers), body: Buffer.from(answer.body)};
			} catch (error) {
				throw networkError(error, request, options.signal);
			}
		},
		stream: async request => streamed((await load()).got, await parameters(request), request, options.signal),
		close: () => {
			void loaded?.then(({agents}) => {
				agents.http.destroy();
				agents.https.destroy();
			});
		},
	};
}

async function streamed(
	got: Got,
	parameters: object,
	request: HttpRequest,
	signal: AbortSignal,
): Promise<HttpStream> {
	const attempts = request.retries ?? 2;
	for (let attempt = 0; ; attempt++) {
		const stream = got.default.stream(request.url, {...parameters, retry: {limit: 0}});
		try {
			const answer = await new Promise<{statusCode: number; headers: HttpResponse['headers']}>(
				(resolve, reject) => {
					stream.once('response', resolve);
					stream.once('error', reject);
				},
			);
			if (attempt < attempts && (answer.statusCode === 429 || answer.statusCode >= 500)) {
				stream.destroy();
				throw Object.assign(new Error(`status ${answer.statusCode}`), {code: 'RETRY'});
			}
			stream.on('error', () => {});
			return {status: answer.statusCode, headers: plain(answer.headers), body: stream as unknown as Readable};
		} catch (error) {
			stream.on('error', () => {});
			stream.destroy();
			if (attempt >= attempts || signal.aborted) throw networkError(error, request, signal);
			await new Promise(resolve => setTimeout(resolve, 250 * 2 ** attempt * (0.5 + Math.random())));
		}
	}
}

function plain(headers: object): Record<string, string | undefined> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
	);
}

/** A URL as it may be shown: no user, no password, no query. */
export function shownUrl(url: string): string {
	try {
		const {protocol, host, pathname} = new URL(url);
		return `${protocol}//${host}${pathname}`;
	} catch {
		return 'an invalid URL';
	}
}

const reasons: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'connection refused',
	ECONNRESET: 'the connection was cut',
	EPIPE: 'the connection was cut',
	ENOTFOUND: 'host not found',
	EAI_AGAIN: 'host not found (name service does not answer)',
	ETIMEDOUT: 'no answer in time',
	EHOSTUNREACH: 'host unreachable',
	ENETUNREACH: 'network unreachable',
	ERR_INVALID_URL: 'not a URL',
	CERT_HAS_EXPIRED: 'its certificate has expired',
	SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted here',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted here',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted here',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted here',
};

function networkError(error: unknown, request: HttpRequest, signal: AbortSignal): OccoError {
	if (signal.aborted) return new OccoError('OCCO_INTERRUPTED', 'interrupted', {kind: 'interrupted'});
	const {code = '', message = String(error)} = error as {code?: string; message?: string};
	return new OccoError('OCCO_NETWORK', `${shownUrl(request.url)}: ${reasons[code] ?? message}`, {
		kind: 'world',
		cause: error,
	});
}
