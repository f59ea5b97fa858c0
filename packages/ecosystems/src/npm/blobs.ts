import {createHash} from 'node:crypto';
import {join} from 'node:path';
import type {Host} from '@occo/host';
import {OccoError} from '@occo/model';
import type {CachedArtifact} from '../ecosystem.ts';
import {packedJson} from './packed-manifest.ts';

/** What is known of a tarball from its bytes alone; kept beside the content, so that nothing is read twice. */
export interface Facts {
	readonly size: number;
	readonly sha512: string;
	readonly sha256: string;
	readonly name: string;
	readonly version: string;
	readonly os?: readonly string[];
	readonly cpu?: readonly string[];
	readonly libc?: readonly string[];
	readonly licence?: string;
	readonly installScripts?: boolean;
	readonly optional: readonly string[];
}

/** Where the content with a sha512 (hexadecimal) lies in the cache. */
export function blobPath(host: Host, sha512: string): string {
	return join(host.folders.cache, 'blobs', 'sha512', sha512.slice(0, 2), sha512.slice(2));
}

const factsPath = (host: Host, sha512: string): string =>
	join(host.folders.cache, 'npm', 'facts', `${sha512}.json`);

/** The facts of a tarball that is in the cache; `undefined` when it is not, or is not whole. */
export async function knownFacts(host: Host, sha512: string): Promise<Facts | undefined> {
	const [text, stat] = await Promise.all([
		host.files.readText(factsPath(host, sha512)),
		host.files.stat(blobPath(host, sha512)),
	]);
	if (text === undefined || stat?.type !== 'file') return undefined;
	try {
		const facts = JSON.parse(text) as Facts;
		return facts.size === stat.size ? facts : undefined;
	} catch {
		return undefined;
	}
}

/** A digest that content must have. */
export interface Expected {
	readonly algorithm: 'sha512' | 'sha384' | 'sha256' | 'sha1';
	readonly hex: string;
}

/**
 * Takes a stream into the cache, checked while it passes: nothing with other bytes than expected gets a name. Throws
 * `OCCO_INTEGRITY` naming `what`.
 */
export async function storeBlob(
	host: Host,
	content: AsyncIterable<Uint8Array>,
	what: string,
	expected?: Expected,
): Promise<Facts> {
	const sha512 = createHash('sha512');
	const sha256 = createHash('sha256');
	const other =
		expected && expected.algorithm !== 'sha512' && expected.algorithm !== 'sha256'
			? createHash(expected.algorithm)
			: undefined;
	const check = async function* (): AsyncIterable<Uint8Array> {
		for await (const chunk of content) {
			for (const hash of [sha512, sha256, other]) hash?.update(chunk);
			yield chunk;
		}
		if (expected === undefined) return;
		const hash = expected.algorithm === 'sha512' ? sha512 : expected.algorithm === 'sha256' ? sha256 : other;
		const got = hash?.copy().digest('hex');
		if (got === expected.hex) return;
		throw new OccoError(
			'OCCO_INTEGRITY',
			`${what}: the bytes received have ${expected.algorithm} ${got?.slice(0, 16)}…, not ${expected.hex.slice(0, 16)}…`,
			{
				kind: 'world',
				hint: 'the registry or something on the way altered it; nothing was kept',
			},
		);
	};
	const incoming = await host.files.temporaryFolder('incoming-', join(host.folders.cache, 'blobs'));
	try {
		const path = join(incoming, 'content');
		const size = await host.files.writeStream(path, check(), {mode: 0o644});
		const digests = {sha512: sha512.digest('hex'), sha256: sha256.digest('hex')};
		const facts = {...(await readFacts(host, path, what)), ...digests, size};
		await host.files.makeFolder(join(blobPath(host, digests.sha512), '..'));
		await host.files.rename(path, blobPath(host, digests.sha512));
		await host.files.write(factsPath(host, digests.sha512), JSON.stringify(facts));
		return facts;
	} finally {
		await host.files.remove(incoming);
	}
}

const texts = (value: unknown): readonly string[] | undefined => {
	const list = typeof value === 'string' ? [value] : value;
	return Array.isArray(list) && list.length > 0 && list.every(item => typeof item === 'string')
		? list
		: undefined;
};

async function readFacts(
	host: Host,
	path: string,
	what: string,
): Promise<Omit<Facts, 'size' | 'sha512' | 'sha256'>> {
	const json = await packedJson(host, path).catch((error: unknown) => {
		throw error instanceof Error
			? new OccoError('OCCO_ARCHIVE', `${what}: ${error.message.replace(/^`[^`]*`: /, '')}`, {
					kind: 'world',
					cause: error,
				})
			: error;
	});
	const {name, version, os, cpu, libc, license, scripts, optionalDependencies} = json as Record<
		string,
		unknown
	>;
	if (typeof name !== 'string' || typeof version !== 'string') {
		throw new OccoError('OCCO_ARCHIVE', `${what}: its package.json has no name or version`, {kind: 'world'});
	}
	const limits = {os: texts(os), cpu: texts(cpu), libc: texts(libc)};
	const licence = typeof license === 'string' ? license : (license as {type?: unknown} | undefined)?.type;
	const runs =
		typeof scripts === 'object' &&
		scripts !== null &&
		['preinstall', 'install', 'postinstall'].some(key => Object.hasOwn(scripts, key));
	return {
		name,
		version,
		...Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
		...(typeof licence === 'string' ? {licence} : {}),
		...(runs ? {installScripts: true} : {}),
		optional:
			typeof optionalDependencies === 'object' && optionalDependencies !== null
				? Object.keys(optionalDependencies).sort()
				: [],
	};
}

/** The file of an npm artifact in a wheelhouse: the scope is part of the name, so that nothing collides. */
export function artifactFile(name: string, version: string): string {
	return `npm/${name.replace('/', '+')}-${version}.tgz`;
}

/** A cached artifact from what is known of its bytes. */
export function cachedArtifact(host: Host, facts: Facts, more: Partial<CachedArtifact> = {}): CachedArtifact {
	const {optional: _, ...known} = facts;
	return {
		ecosystem: 'npm',
		file: artifactFile(facts.name, facts.version),
		path: blobPath(host, facts.sha512),
		needs: [],
		...known,
		...more,
	};
}
