import {createHash} from 'node:crypto';
import {Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {readTar} from '@occo/host';
import semver from 'semver';
import {Refusal} from '../store/durable.ts';

/** A manifest as it is kept: the author's, with digests of ours and without an address. */
export interface NpmManifest extends Record<string, unknown> {
	readonly dist: {readonly integrity: string; readonly shasum: string; readonly fileCount?: number};
}

/** What a publish document holds after it was checked. */
export interface Checked {
	readonly name: string;
	readonly version: string;
	readonly manifest: NpmManifest;
	readonly content: Buffer;
	/** The tag that the client asked for. */
	readonly tag: string;
}

const legalName = /^(?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/;
const reserved = new Set(['node_modules', 'favicon.ico', 'pypi', '__proto__', 'constructor', 'prototype']);

/** Whether npm allows a name for a new package (validate-npm-package-name), and it is not one of our paths. */
export function isLegalName(name: string): boolean {
	return name.length <= 214 && legalName.test(name) && !reserved.has(name);
}

type Json = Record<string, unknown>;

const isJson = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const only = (value: unknown, what: string): [string, Json] => {
	const entries = isJson(value) ? Object.entries(value) : [];
	const [first] = entries;
	if (entries.length !== 1 || first === undefined || !isJson(first[1]))
		throw new Refusal(400, `a publish has exactly one ${what}`);
	return first as [string, Json];
};

/**
 * Checks the document of npm's `PUT /<name>` (libnpmpublish): one version, one tarball, the same name and version
 * everywhere including inside the tarball, digests recomputed. Throws a {@link Refusal} and nothing is stored.
 */
export async function checkPublish(name: string, body: unknown): Promise<Checked> {
	if (!isJson(body)) throw new Refusal(400, 'the document is not an object');
	if (!isLegalName(name)) throw new Refusal(400, `${name} is not a legal package name`);
	if (body.name !== name || (body._id !== undefined && body._id !== name))
		throw new Refusal(400, 'the document names another package than the URL');
	const [version, manifest] = only(body.versions, 'version');
	if (semver.valid(version) !== version || manifest.version !== version || manifest.name !== name) {
		throw new Refusal(400, `${version} is not a semantic version, or the manifest says otherwise`);
	}
	const [file, attachment] = only(body._attachments, 'tarball');
	const basename = `${name.replace(/^@[^/]+\//, '')}-${version}.tgz`;
	if (file !== `${name}-${version}.tgz` && file !== basename)
		throw new Refusal(400, `the tarball must be called ${basename}`);
	const content = decoded(attachment);
	const dist = isJson(manifest.dist) ? manifest.dist : {};
	const digests = digestsOf(content, dist);
	await checkTarball(content, name, version);
	const [tag = 'latest', tagged] =
		Object.entries(isJson(body['dist-tags']) ? body['dist-tags'] : {})[0] ?? [];
	if (tagged !== undefined && tagged !== version) throw new Refusal(400, 'the tag names another version');
	checkTag(tag);
	const {dist: _, _id: __, ...kept} = manifest;
	return {name, version, manifest: {...kept, _id: `${name}@${version}`, dist: digests}, content, tag};
}

/** Throws at a tag that could be taken for a version or a path. */
export function checkTag(tag: string): void {
	if (
		!/^[A-Za-z][\w.-]{0,100}$/.test(tag) ||
		semver.validRange(tag) !== null ||
		tag === '__proto__' ||
		tag === 'constructor'
	) {
		throw new Refusal(400, `${tag} is not a legal tag`);
	}
}

function decoded(attachment: Json): Buffer {
	const {data, length} = attachment;
	if (typeof data !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(data))
		throw new Refusal(400, 'the tarball is not base64');
	const content = Buffer.from(data, 'base64');
	if (length !== undefined && length !== content.length)
		throw new Refusal(400, `the tarball has ${content.length} bytes, not ${String(length)}`);
	return content;
}

function digestsOf(content: Buffer, claimed: Json): NpmManifest['dist'] {
	const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
	const shasum = createHash('sha1').update(content).digest('hex');
	const said =
		typeof claimed.integrity === 'string'
			? claimed.integrity.split(/\s+/).filter(one => one.startsWith('sha512-'))
			: [];
	if (said.length > 0 && !said.includes(integrity))
		throw new Refusal(400, `the integrity is ${integrity}, not ${said.join(' ')}`);
	if (typeof claimed.shasum === 'string' && claimed.shasum !== shasum)
		throw new Refusal(400, `the shasum is ${shasum}, not ${claimed.shasum}`);
	return {integrity, shasum};
}

/** The manifest inside must be of the same package: what is shown is what is installed. */
async function checkTarball(content: Buffer, name: string, version: string): Promise<void> {
	let text: string | undefined;
	let unpacked = 0;
	try {
		await readTar(Readable.from([content]).pipe(createGunzip()), async (entry, data) => {
			unpacked += entry.size;
			if (unpacked > Math.max(64 * 1024 * 1024, 100 * content.length))
				throw new Error('it unpacks to far more than it holds');
			if (entry.name.startsWith('/') || entry.name.split(/[\\/]/).includes('..'))
				throw new Error(`its member ${entry.name} leads out of it`);
			if (!['file', 'directory', 'contiguous-file'].includes(entry.type))
				throw new Error(`its member ${entry.name} is a ${entry.type}`);
			if (text === undefined && /^[^/]+\/package\.json$/.test(entry.name))
				text = (await collected(data)).toString();
		});
	} catch (error) {
		throw new Refusal(400, `the tarball is refused: ${(error as Error).message}`);
	}
	let inside: Json = {};
	try {
		inside = JSON.parse(text ?? '') as Json;
	} catch {
		throw new Refusal(400, 'the tarball holds no readable package.json');
	}
	if (inside.name !== name || inside.version !== version) {
		throw new Refusal(
			400,
			`the tarball holds ${String(inside.name)}@${String(inside.version)}, not ${name}@${version}`,
		);
	}
}

async function collected(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of content) chunks.push(chunk);
	return Buffer.concat(chunks);
}
