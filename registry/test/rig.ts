import {createHash} from 'node:crypto';
import {Agent, request} from 'node:http';
import {
	integrityOf,
	manifestOf,
	npmTarball,
	type PackageLiteral,
	realHost,
	type Scope,
	temporaryFolder,
} from '@occo/testkit';
import {publisherToken, type StartedRegistry, startRegistry} from '../src/index.ts';

/** A registry of a test's own. */
export interface Rig {
	readonly url: string;
	readonly token: string;
	readonly storage: string;
	readonly started: StartedRegistry;
}

/** An answer of the registry; `json` is undefined where it sent none. */
export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Buffer;
	// biome-ignore lint/suspicious/noExplicitAny: what a server answers is what the tests look at
	readonly json: any;
}

/** A registry on any free port that ends with the test. */
export async function rig(t: Scope, storage?: string): Promise<Rig> {
	const folder = await temporaryFolder(t);
	const host = await realHost(folder);
	const place = storage ?? `${folder}/storage`;
	const started = await startRegistry(host, {storage: place, port: 0});
	t.teardown(() => started.stop());
	return {url: started.status.url ?? '', token: await publisherToken(host, place), storage: place, started};
}

const agent = new Agent({keepAlive: true, maxSockets: 64});

/** Sends a request; `path` goes out as it is. A connection that breaks throws. */
export function ask(
	url: string,
	path: string,
	options: {method?: string; token?: string; headers?: Record<string, string>; body?: unknown} = {},
): Promise<Answer> {
	const {method = 'GET', token, headers = {}, body} = options;
	const {hostname, port} = new URL(url);
	return new Promise((resolve, reject) => {
		const sent =
			body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
		const outgoing = request(
			{
				agent,
				hostname,
				port,
				path,
				method,
				headers: {
					...(token === undefined ? {} : {authorization: `Bearer ${token}`}),
					...(sent === undefined ? {} : {'content-type': 'application/json', 'content-length': sent.length}),
					...headers,
				},
			},
			response => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () => {
					const content = Buffer.concat(chunks);
					let json: unknown;
					try {
						json = JSON.parse(content.toString());
					} catch {}
					resolve({status: response.statusCode ?? 0, headers: response.headers, body: content, json});
				});
			},
		);
		outgoing.on('error', reject);
		outgoing.end(sent);
	});
}

/** A package's name as one part of a URL. */
export const escaped = (name: string): string => name.replace('/', '%2f');

/** The document of `PUT /<name>` as libnpmpublish makes it. */
// biome-ignore lint/suspicious/noExplicitAny: tests spoil it in every way
export function publishDocument(literal: PackageLiteral, tag = 'latest'): any {
	const {name, version} = literal;
	const bytes = npmTarball(literal);
	return {
		_id: name,
		name,
		'dist-tags': {[tag]: version},
		versions: {
			[version]: {
				...manifestOf(literal),
				_id: `${name}@${version}`,
				dist: {
					integrity: integrityOf(bytes),
					shasum: createHash('sha1').update(bytes).digest('hex'),
					tarball: `http://localhost/${name}/-/${name}-${version}.tgz`,
				},
			},
		},
		access: null,
		_attachments: {
			[`${name}-${version}.tgz`]: {
				content_type: 'application/octet-stream',
				data: bytes.toString('base64'),
				length: bytes.length,
			},
		},
	};
}

/** Publishes a package. */
export function publish(
	{url, token}: Pick<Rig, 'url' | 'token'>,
	literal: PackageLiteral,
	tag?: string,
): Promise<Answer> {
	return ask(url, `/${escaped(literal.name)}`, {method: 'PUT', token, body: publishDocument(literal, tag)});
}

/** The packument of a package. */
export const packument = ({url}: Pick<Rig, 'url'>, name: string): Promise<Answer> =>
	ask(url, `/${escaped(name)}`);

/** Whether the bytes that are served for a version have the integrity that is served for it. */
export async function isWhole(rig: Pick<Rig, 'url'>, name: string, version: string): Promise<boolean> {
	const {dist} = (await packument(rig, name)).json.versions[version];
	const {body} = await ask(rig.url, new URL(dist.tarball).pathname);
	return integrityOf(body) === dist.integrity;
}
