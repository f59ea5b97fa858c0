import {PassThrough, Readable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import {isOccoError, OccoError} from '@occo/model';
import type {Http, HttpRequest, HttpResponse, HttpStream} from './http.ts';
import {isPassing, networkError} from './network-error.ts';
import type {Agents} from './node-agents.ts';
import {shownUrl} from './shown-url.ts';

/** How long a connection may take, by attempt: a first short one, because the SYN of a burst is lost at times. */
const patience = [
	{lookup: 5000, connect: 2000, secureConnect: 5000},
	{lookup: 10_000, connect: 5000, secureConnect: 10_000},
] as const;

/** A server that wants us to wait longer (ms) gets no second try. */
const longestWait = 60_000;

/** HTTP over got; `signal` aborts what is under way. */
export function nodeHttp(options: {
	signal: AbortSignal;
	userAgent: string;
	env: Readonly<Record<string, string | undefined>>;
}): Http {
	const agents = new Map<string | undefined, Promise<Agents>>();
	const agent = (ca: string | undefined): Promise<Agents> => {
		// Loaded late: `node:http` costs a command that asks no server 50 ms.
		const shared =
			agents.get(ca) ?? import('./node-agents.ts').then(({agentsFor}) => agentsFor(options.env, ca));
		agents.set(ca, shared);
		return shared;
	};
	const open = (request: HttpRequest, raw: boolean) => async (attempt: number) =>
		opened(request, {raw, attempt, agent: await agent(request.ca), ...options});
	return {
		request: request =>
			tried(request, options.signal, async attempt => whole(await open(request, false)(attempt), request)),
		stream: request => tried(request, options.signal, open(request, true)),
		close: () => {
			for (const shared of agents.values()) {
				void shared.then(({http, https}) => {
					http.destroy();
					https.destroy();
				});
			}
		},
	};
}

interface Circumstances {
	/** Bytes as they come, for what has a digest of its own. */
	readonly raw: boolean;
	readonly attempt: number;
	readonly agent: Agents;
	readonly signal: AbortSignal;
	readonly userAgent: string;
}

/** Sends a request once and waits for the head of its answer. */
async function opened(request: HttpRequest, circumstances: Circumstances): Promise<HttpStream> {
	const {default: got} = await import('got');
	const {raw, attempt, agent, signal, userAgent} = circumstances;
	const {method = 'GET', body, inactivity = 60_000} = request;
	const safe = method === 'GET' || method === 'HEAD';
	const patient = (request.retries ?? 2) === 0 ? patience[1] : (patience[attempt] ?? patience[1]);
	const stream = got.stream(request.url, {
		method,
		agent,
		headers: {
			'user-agent': userAgent,
			...(raw ? {'accept-encoding': 'identity'} : {}),
			...request.headers,
		},
		...(body === undefined ? {} : {body}),
		decompress: !raw,
		throwHttpErrors: false,
		followRedirect: request.redirects ?? safe,
		signal,
		timeout: {...patient, socket: inactivity},
		retry: {limit: 0},
	});
	if (!safe && body === undefined) stream.end();
	const out = new PassThrough({highWaterMark: 256 * 1024});
	out.on('close', () => stream.destroy());
	// Who has not begun to read yet finds the failure when he does.
	out.on('error', () => {});
	return new Promise((resolve, reject) => {
		stream.on('error', error => {
			const told = signal.aborted ? interrupted() : networkError(error, request.url, inactivity);
			reject(told);
			out.destroy(told);
		});
		stream.once('response', ({statusCode, headers}) => {
			stream.pipe(out);
			resolve({status: statusCode, headers: plain(headers), body: out});
		});
	});
}

async function whole({status, headers, body}: HttpStream, request: HttpRequest): Promise<HttpResponse> {
	const {largest = 512 * 1024 * 1024} = request;
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of body as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > largest) {
			throw new OccoError('OCCO_NETWORK', `${shownUrl(request.url)}: it answers more than ${largest} bytes`, {
				kind: 'world',
			});
		}
		chunks.push(chunk);
	}
	return {status, headers, body: Buffer.concat(chunks)};
}

/** Tries a request until it is answered for good, with growing pauses or those that the server asks for. */
async function tried<Answer extends HttpStream | HttpResponse>(
	request: HttpRequest,
	signal: AbortSignal,
	once: (attempt: number) => Promise<Answer>,
): Promise<Answer> {
	const {method = 'GET', body} = request;
	const retries = request.retries ?? (method === 'POST' || body instanceof Readable ? 0 : 2);
	for (let attempt = 0; ; attempt++) {
		if (signal.aborted) throw interrupted();
		let wait = 250 * 2 ** attempt * (0.5 + Math.random());
		try {
			const answer = await once(attempt);
			const asked = retryAfter(answer.headers['retry-after']);
			wait = Math.max(wait, asked);
			if (attempt >= retries || !isBusy(answer.status) || asked > longestWait) return answer;
			if (answer.body instanceof Readable) answer.body.destroy();
		} catch (error) {
			if (attempt >= retries || !isOccoError(error) || !isPassing(error.cause ?? error)) throw error;
		}
		await pause(wait, undefined, {signal}).catch(() => {});
	}
}

function isBusy(status: number): boolean {
	return status === 429 || [500, 502, 503, 504].includes(status);
}

/** RFC 9110, 10.2.3: seconds or a date; ms from now, 0 for none. */
function retryAfter(value: string | undefined): number {
	if (value === undefined) return 0;
	if (/^\d+$/.test(value)) return Number(value) * 1000;
	const until = Date.parse(value) - Date.now();
	return Number.isFinite(until) ? Math.max(0, until) : 0;
}

function plain(headers: object): Record<string, string | undefined> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
	);
}

function interrupted(): OccoError {
	return new OccoError('OCCO_INTERRUPTED', 'interrupted', {kind: 'interrupted'});
}
