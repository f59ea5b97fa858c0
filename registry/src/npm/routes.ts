import type {IncomingMessage, ServerResponse} from 'node:http';
import {pipeline} from 'node:stream/promises';
import type {ArtifactStore} from '../store/artifact-store.ts';
import {Refusal} from '../store/durable.ts';
import type {StoredPackage} from '../store/record.ts';
import {checkPublish, checkTag, isLegalName, type NpmManifest} from './document.ts';
import {packument, render} from './packument.ts';

/** A request as Express and Verdaccio hand it on: body parsed, user known. */
export interface Request extends IncomingMessage {
	readonly body?: unknown;
	readonly protocol?: string;
	readonly remote_user?: {readonly name?: string; readonly error?: string};
}

/** Whether the user of a request may do something with a package; throws a {@link Refusal} otherwise. */
export type Permit = (action: 'access' | 'publish', name: string, request: Request) => Promise<void>;

/** What a path of npm's registry protocol asks for. */
type Route =
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

/** npm's package, tarball and tag routes over the store. Answers `false` for what Verdaccio itself should answer. */
export function npmRoutes(
	store: ArtifactStore<NpmManifest>,
	permit: Permit,
): (request: Request, response: ServerResponse) => Promise<boolean> {
	return async (request, response) => {
		const url = new URL(request.url ?? '/', 'http://localhost');
		const route = routeOf(url.pathname);
		const method = request.method ?? 'GET';
		const reads = method === 'GET' || method === 'HEAD';
		if (route === undefined) {
			if (reads || url.pathname.startsWith('/-/')) return false;
			throw new Refusal(400, 'nothing can be published or changed at this path');
		}
		await permit(reads ? 'access' : 'publish', route.name, request);
		await answer(route, reads, request, response);
		return true;
	};

	async function answer(
		route: Route,
		reads: boolean,
		request: Request,
		response: ServerResponse,
	): Promise<void> {
		if (route.kind === 'tags') return tags(route.name, route.tag, request, response);
		if (route.kind === 'tarball' && reads) return sendTarball(route.name, route.file, request, response);
		if (route.kind === 'package' && reads) return sendPackument(route.name, request, response);
		if (route.kind === 'package' && request.method === 'PUT') return put(route.name, request, response);
		throw new Refusal(403, 'versions are for ever: nothing can be unpublished here');
	}

	async function existing(name: string): Promise<StoredPackage<NpmManifest>> {
		const stored = await store.read(name);
		if (stored === undefined) throw new Refusal(404, `no such package available: ${name}`);
		return stored;
	}

	async function sendPackument(name: string, request: Request, response: ServerResponse): Promise<void> {
		const abbreviated = /application\/vnd\.npm\.install-v1\+json/.test(request.headers.accept ?? '');
		const {body, etag} = render(await existing(name), baseUrl(request), abbreviated);
		response.setHeader('etag', etag);
		response.setHeader('vary', 'accept, authorization');
		response.setHeader('cache-control', 'no-cache');
		if (isFresh(request, etag)) return void response.writeHead(304).end();
		const type = abbreviated ? 'application/vnd.npm.install-v1+json' : 'application/json';
		response.writeHead(200, {'content-type': `${type}; charset=utf-8`, 'content-length': body.length});
		response.end(request.method === 'HEAD' ? undefined : body);
	}

	async function sendTarball(
		name: string,
		file: string,
		request: Request,
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

	async function put(name: string, request: Request, response: ServerResponse): Promise<void> {
		const attachments = (request.body as {_attachments?: object} | undefined)?._attachments;
		if (attachments === undefined || Object.keys(attachments).length === 0)
			return deprecate(name, request, response);
		const checked = await checkPublish(name, request.body);
		const {outcome, record} = await store.publish({...checked, by: request.remote_user?.name ?? ''});
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
	async function deprecate(name: string, request: Request, response: ServerResponse): Promise<void> {
		const body = request.body as
			| {_rev?: unknown; versions?: Record<string, {deprecated?: unknown}>}
			| undefined;
		const {versions} = body ?? {};
		if (typeof versions !== 'object' || versions === null)
			throw new Refusal(400, 'the document has no versions');
		const revision = typeof body?._rev === 'string' ? body._rev : '';
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

	async function tags(
		name: string,
		tag: string | undefined,
		request: Request,
		response: ServerResponse,
	): Promise<void> {
		const shown = packument(await existing(name), '', true)['dist-tags'] as Record<string, string>;
		if (request.method === 'GET' && tag === undefined) return send(response, 200, shown);
		if (tag === undefined) throw new Refusal(400, 'which tag?');
		checkTag(tag);
		if (request.method === 'PUT') {
			const version = request.body;
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
function baseUrl(request: Request): string {
	const host = request.headers.host ?? '';
	const safe = /^[\w.-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i.test(host)
		? host
		: `127.0.0.1:${request.socket.localPort}`;
	return `${request.protocol === 'https' ? 'https' : 'http'}://${safe}/`;
}

function isFresh(request: Request, etag: string): boolean {
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
