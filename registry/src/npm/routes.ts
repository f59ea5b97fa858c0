import type {IncomingMessage, ServerResponse} from 'node:http';
import {pipeline} from 'node:stream/promises';
import type {ArtifactStore} from '../store/artifact-store.ts';
import {Refusal} from '../store/durable.ts';
import type {StoredPackage} from '../store/record.ts';
import {checkPublish, checkTag, isLegalName, type NpmManifest} from './document.ts';
import {compressed, packument, render} from './packument.ts';

/** A request that changes something: its body read, its sender known. */
export interface Change {
	readonly request: IncomingMessage;
	/** As JSON has it; `undefined` for none. */
	readonly body: unknown;
	readonly user: {readonly name?: string | undefined};
}

/** npm's routes; whoever calls them has asked whether the user may. */
export interface NpmRoutes {
	read(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void>;
	write(route: Route, change: Change, response: ServerResponse): Promise<void>;
}

/** What a path of npm's registry protocol asks for. */
export type Route =
	| {readonly kind: 'package'; readonly name: string}
	| {readonly kind: 'tarball'; readonly name: string; readonly file: string}
	| {readonly kind: 'tags'; readonly name: string; readonly tag: string | undefined};

/** Reads a path; `undefined`: not one of ours. Everything is decoded once and by parts, so that no `%2f` makes a folder. */
export function routeOf(path: string): Route | undefined {
	const parts: string[] = [];
	for (const part of path.replace(/^\/|\/$/g, '').split('/')) {
		try {
			parts.push(decodeURIComponent(part));
		} catch {
			throw new Refusal(400, 'the path is not encoded rightly');
		}
	}
	if (parts[0] === '-') return parts[1] === 'package' ? tagsRoute(parts.slice(2)) : undefined;
	const [name, rest] = takeName(parts);
	if (name === undefined || !isLegalName(name)) return undefined;
	if (rest.length === 0) return {kind: 'package', name};
	// Some clients repeat the scope in the file's folder.
	if (rest[0] === '-' && rest.length >= 2) return {kind: 'tarball', name, file: rest.at(-1) as string};
	return undefined;
}

function takeName(parts: readonly string[]): readonly [string | undefined, readonly string[]] {
	const [first, second, ...rest] = parts;
	if (first?.startsWith('@') && !first.includes('/'))
		return second === undefined ? [undefined, []] : [`${first}/${second}`, rest];
	return [first, parts.slice(1)];
}

function tagsRoute(parts: readonly string[]): Route | undefined {
	const [name, [word, tag]] = takeName(parts) as [string | undefined, readonly string[]];
	return name !== undefined && isLegalName(name) && word === 'dist-tags'
		? {kind: 'tags', name, tag}
		: undefined;
}

/** npm's package, tarball and tag routes over the store. */
export function npmRoutes(store: ArtifactStore<NpmManifest>): NpmRoutes {
	return {
		async read(route, request, response) {
			if (route.kind === 'package') return sendPackument(route.name, request, response);
			if (route.kind === 'tarball') return sendTarball(route.name, route.file, request, response);
			if (route.tag !== undefined) throw new Refusal(404, 'tags are read all at once');
			send(response, 200, packument(await existing(route.name), '', true)['dist-tags'] as object);
		},
		async write(route, change, response) {
			const {method} = change.request;
			if (route.kind === 'tags' && route.tag !== undefined)
				return setTag(route.name, route.tag, change, response);
			if (route.kind === 'package' && method === 'PUT') return put(route.name, change, response);
			throw new Refusal(403, 'versions are for ever: nothing can be unpublished here');
		},
	};

	async function existing(name: string): Promise<StoredPackage<NpmManifest>> {
		const stored = await store.read(name);
		if (stored === undefined) throw new Refusal(404, `no such package available: ${name}`);
		return stored;
	}

	async function sendPackument(
		name: string,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> {
		const abbreviated = /application\/vnd\.npm\.install-v1\+json/.test(request.headers.accept ?? '');
		const rendered = render(await existing(name), baseUrl(request), abbreviated);
		const gzipped = acceptsGzip(request) ? await compressed(rendered) : undefined;
		const etag = gzipped === undefined ? rendered.etag : rendered.etag.replace(/"$/, '-gzip"');
		const headers = {etag, vary: 'accept, accept-encoding, authorization', 'cache-control': 'no-cache'};
		if (isFresh(request, etag)) return void response.writeHead(304, headers).end();
		const body = gzipped ?? rendered.body;
		const type = abbreviated ? 'application/vnd.npm.install-v1+json' : 'application/json';
		response.writeHead(200, {
			...headers,
			'content-type': `${type}; charset=utf-8`,
			'content-length': body.length,
			...(gzipped === undefined ? {} : {'content-encoding': 'gzip'}),
		});
		response.end(request.method === 'HEAD' ? undefined : body);
	}

	async function sendTarball(
		name: string,
		file: string,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> {
		const {records} = await existing(name);
		const basename = name.replace(/^@[^/]+\//, '');
		const record = [...records.values()].find(({version}) => file === `${basename}-${version}.tgz`);
		if (record === undefined) throw new Refusal(404, `no such file available: ${file}`);
		const etag = `"${record.sha512.slice(0, 32)}"`;
		const headers = {
			etag,
			'cache-control': 'public, max-age=31536000, immutable',
			'accept-ranges': 'bytes',
			'content-type': 'application/octet-stream',
		};
		if (isFresh(request, etag)) return void response.writeHead(304, headers).end();
		const range = rangeOf(request.headers.range, record.size);
		if (range === 'unsatisfiable')
			return void response.writeHead(416, {...headers, 'content-range': `bytes */${record.size}`}).end();
		const length = range ? range.end - range.start + 1 : record.size;
		const part = range ? {'content-range': `bytes ${range.start}-${range.end}/${record.size}`} : {};
		response.writeHead(range ? 206 : 200, {...headers, ...part, 'content-length': length});
		if (request.method === 'HEAD') return void response.end();
		// A reader that goes away is its own affair.
		await pipeline(store.content(record, range), response).catch(() => {});
	}

	async function put(name: string, {body, user}: Change, response: ServerResponse): Promise<void> {
		const attachments = (body as {_attachments?: object} | null | undefined)?._attachments;
		if (attachments === undefined || Object.keys(attachments).length === 0)
			return deprecate(name, body, response);
		const checked = await checkPublish(name, body);
		const {outcome, record} = await store.publish({...checked, by: user.name ?? ''});
		if (outcome === 'conflict' || outcome === 'deleted') {
			const there = outcome === 'deleted' ? 'was deleted and can only come back' : 'is published';
			const sha512 = Buffer.from(record.sha512, 'hex').toString('base64');
			throw new Refusal(
				409,
				`${name}@${checked.version} ${there} with other bytes: sha512-${sha512} is there, ${checked.manifest.dist.integrity} was sent`,
			);
		}
		const [status, ok] = outcome === 'created' ? [201, 'created new package'] : [200, 'already published'];
		send(response, status as number, {ok, success: true});
	}

	/** A whole document without a tarball: npm's way to deprecate. Only notices change, and only from a current document. */
	async function deprecate(name: string, body: unknown, response: ServerResponse): Promise<void> {
		const document = body as
			| {_rev?: unknown; versions?: Record<string, {deprecated?: unknown}>}
			| null
			| undefined;
		const {versions} = document ?? {};
		if (typeof versions !== 'object' || versions === null)
			throw new Refusal(400, 'the document has no versions');
		const revision = typeof document?._rev === 'string' ? document._rev : '';
		await store.change(name, revision, ({state, records}) => {
			const missing = [...records.keys()].find(version => !Object.hasOwn(versions, version));
			if (missing !== undefined)
				throw new Refusal(403, `versions are for ever: ${missing} cannot be unpublished`);
			const notices = [...records.keys()].flatMap(version => {
				const notice = versions[version]?.deprecated;
				return typeof notice === 'string' && notice !== '' ? [[version, notice] as const] : [];
			});
			return {...state, deprecated: Object.fromEntries(notices)};
		});
		send(response, 201, {ok: 'package changed', success: true});
	}

	async function setTag(name: string, tag: string, change: Change, response: ServerResponse): Promise<void> {
		const {request, body: version} = change;
		checkTag(tag);
		if (request.method === 'PUT' || request.method === 'POST') {
			await store.change(name, undefined, ({state, records}) => {
				if (typeof version !== 'string' || !records.has(version))
					throw new Refusal(404, `there is no ${name}@${String(version)}`);
				return {...state, tags: {...state.tags, [tag]: version}};
			});
		} else if (request.method === 'DELETE') {
			if (tag === 'latest') throw new Refusal(403, '`latest` cannot be removed, only moved');
			await store.change(name, undefined, ({state}) => ({
				...state,
				tags: Object.fromEntries(Object.entries(state.tags).filter(([one]) => one !== tag)),
			}));
		} else throw new Refusal(405, 'GET, PUT or DELETE');
		send(response, 201, {ok: 'tags changed', success: true});
	}
}

function send(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, {'content-type': 'application/json; charset=utf-8'}).end(JSON.stringify(body));
}

/** The address that the client used, as far as it can be trusted to be an address. */
function baseUrl(request: IncomingMessage): string {
	const host = request.headers.host ?? '';
	const safe = /^[\w.-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i.test(host)
		? host
		: `127.0.0.1:${request.socket.localPort}`;
	return `${request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${safe}/`;
}

function acceptsGzip(request: IncomingMessage): boolean {
	return /\bgzip\b(?!\s*;\s*q=0(\.0+)?\s*(,|$))/.test(String(request.headers['accept-encoding'] ?? ''));
}

function isFresh(request: IncomingMessage, etag: string): boolean {
	return (request.headers['if-none-match'] ?? '')
		.split(',')
		.some(one => one.trim().replace(/^W\//, '') === etag);
}

/** One byte range (RFC 9110, 14.1.2); several are answered with the whole. */
function rangeOf(
	header: string | undefined,
	size: number,
): {start: number; end: number} | 'unsatisfiable' | undefined {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
	if (!match || (match[1] === '' && match[2] === '')) return undefined;
	const [from, to] = [match[1], match[2]];
	const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
	const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
	return start > end || start >= size ? 'unsatisfiable' : {start, end};
}
