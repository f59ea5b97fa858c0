import {type Host, mapPool} from '@occo/host';
import {isOccoError, OccoError} from '@occo/model';
import {type Expected, type Facts, knownFacts, storeBlob} from './blobs.ts';
import type {NpmConfig} from './npm-config.ts';

/** A tarball to have in the cache. */
export interface Wanted {
	readonly name: string;
	readonly version: string;
	/** Subresource integrity (W3C), as the lock says it. */
	readonly integrity: string | undefined;
}

/** A tarball in the cache. */
export interface Fetched extends Wanted {
	readonly facts: Facts;
	/** Where it comes from, without credentials. */
	readonly source: string;
	/** No digest was known before it was fetched for the first time. */
	readonly firstUse: boolean;
	readonly fresh: boolean;
}

/** More connections gained nothing and bursts stalled (docs/decisions/0001). */
const connections = 16;

/** The address of a tarball by npm's convention, on the registry configured for it: never where a document points. */
export function tarballUrl(config: NpmConfig, name: string, version: string): string {
	const basename = name.replace(/^@[^/]+\//, '');
	return `${config.registryOf(name)}${name.replace(/%2f/gi, '/')}/-/${basename}-${version}.tgz`;
}

/** Brings every wanted tarball into the cache: what is there is not asked for, the rest is checked while it streams. */
export async function fetchAll(
	host: Host,
	wanted: readonly Wanted[],
	config: NpmConfig,
	offline: boolean,
): Promise<readonly Fetched[]> {
	host.report({type: 'phase', phase: 'fetch', total: wanted.length});
	const fetched = await mapPool(wanted, connections, async one => {
		const done = await fetchOne(host, one, config, offline);
		host.report({type: 'advanced', amount: 1});
		return done;
	});
	const fresh = fetched.filter(one => one.fresh);
	const bytes = fresh.reduce((sum, {facts}) => sum + facts.size, 0);
	host.report({
		type: 'phase-ended',
		phase: 'fetch',
		...(fresh.length > 0
			? {detail: `${fresh.length} of ${wanted.length} files, ${(bytes / 1e6).toFixed(1)} MB`}
			: {}),
	});
	return fetched;
}

async function fetchOne(host: Host, wanted: Wanted, config: NpmConfig, offline: boolean): Promise<Fetched> {
	const {name, version, integrity} = wanted;
	const what = `${name}@${version}`;
	const expected = strongest(integrity);
	const source = tarballUrl(config, name, version);
	const firstUse = expected?.algorithm !== 'sha512';
	const known = expected?.algorithm === 'sha512' ? await knownFacts(host, expected.hex) : undefined;
	if (known) return {...wanted, facts: known, source, firstUse, fresh: false};
	if (offline) {
		throw new OccoError('OCCO_OFFLINE', `${what} is not in the cache`, {
			kind: 'world',
			hint: 'run the same command once without `--offline`',
		});
	}
	return {
		...wanted,
		facts: await download(host, source, what, config, expected),
		source,
		firstUse,
		fresh: true,
	};
}

/** What a connection that broke in the middle of a body is called. */
async function download(
	host: Host,
	source: string,
	what: string,
	config: NpmConfig,
	expected: Expected | undefined,
): Promise<Facts> {
	const authorization = config.authorization(source);
	for (let attempt = 1; ; attempt++) {
		const {status, body} = await host.http.stream({
			url: source,
			headers: authorization ? {authorization} : {},
			...(config.ca === undefined ? {} : {ca: config.ca}),
		});
		try {
			if (status !== 200) throw answered(what, source, status);
			return await storeBlob(host, body, what, expected);
		} catch (error) {
			body.destroy();
			// A body that breaks off; the connection itself was tried again by the host.
			const isCut = isOccoError(error) && error.code === 'OCCO_NETWORK';
			if (!isCut || attempt === 3) throw error;
		}
	}
}

function answered(what: string, source: string, status: number): OccoError {
	const isRefused = status === 401 || status === 403;
	return new OccoError('OCCO_FETCH', `${what}: ${source} answered ${status}`, {
		kind: 'world',
		...(isRefused ? {hint: 'the registry wants a token: see `//host/:_authToken` in .npmrc'} : {}),
	});
}

/** The strongest digest of a subresource integrity text. */
export function strongest(integrity: string | undefined): Expected | undefined {
	for (const algorithm of ['sha512', 'sha384', 'sha256', 'sha1'] as const) {
		const value = new RegExp(`(?:^|\\s)${algorithm}-([A-Za-z0-9+/=]+)`).exec(integrity ?? '')?.[1];
		if (value !== undefined) return {algorithm, hex: Buffer.from(value, 'base64').toString('hex')};
	}
	return undefined;
}
