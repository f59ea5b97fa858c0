import {tarballPath} from './loopback.ts';

/** What a lock says about the project it was made for: its only dependency and the settings that must be the same. */
export interface LockHead {
	/** As it stands in the project's manifest. */
	readonly specifier: string;
	/** pnpm: settings and overrides to repeat in `pnpm-workspace.yaml`. */
	readonly settings: Readonly<Record<string, unknown>>;
}

/** Settings that pnpm compares with a lock. No other is taken over: the lock may be anybody's. */
const compared = ['autoInstallPeers', 'dedupePeers', 'excludeLinksFromLockfile', 'peersSuffixMaxLength'];

/** Values that would make a client read a place outside the wheelhouse. */
const foreign = /^(?:file|link|portal|git|https?|ssh|workspace)[:+]|^[./~]/i;

interface PnpmLock {
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly overrides?: Readonly<Record<string, string>>;
	readonly importers?: Readonly<
		Record<string, {readonly dependencies?: Readonly<Record<string, {specifier: string; version: string}>>}>
	>;
}

/**
 * Reads the head of a `pnpm-lock.yaml` (v9). `undefined` when it is not the lock of a project that depends on exactly
 * this package, or when it refers to files, so that only a new resolution can serve.
 */
export async function pnpmLockHead(
	text: string,
	name: string,
	version: string,
): Promise<LockHead | undefined> {
	const last = text.slice(text.lastIndexOf('\n---\n') + 1);
	const end = last.search(/^packages:/m);
	if (end < 0 || /tarball: ['"]?file:|directory:/.test(last)) return undefined;
	const {parse} = await import('yaml');
	const lock = parse(last.slice(0, end)) as PnpmLock | null;
	const importers = Object.entries(lock?.importers ?? {});
	const dependencies = Object.entries(importers[0]?.[1].dependencies ?? {});
	const [only] = dependencies;
	if (importers.length !== 1 || dependencies.length !== 1 || only?.[0] !== name) return undefined;
	if (only[1].version.replace(/\(.*$/, '') !== version) return undefined;
	const overrides = lock?.overrides;
	if (Object.values(overrides ?? {}).some(value => foreign.test(String(value)))) return undefined;
	const settings = Object.fromEntries(
		Object.entries(lock?.settings ?? {}).filter(([key]) => compared.includes(key)),
	);
	return {specifier: only[1].specifier, settings: {...settings, ...(overrides && {overrides})}};
}

interface NpmLock {
	readonly packages?: Readonly<Record<string, NpmEntry>>;
}

interface NpmEntry {
	readonly name?: string;
	readonly version?: string;
	readonly resolved?: string;
	readonly integrity?: string;
	readonly inBundle?: boolean;
	readonly link?: boolean;
	readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * The same for a `package-lock.json` (lockfileVersion 2 or 3) that refers to no place on disk, with the lock for `npm ci --offline`: npm looks into its
 * cache by integrity, but only for entries that also name a URL, so each gets one that is never asked.
 */
export function npmLockHead(
	text: string,
	name: string,
	version: string,
): (LockHead & {readonly lock: string}) | undefined {
	const lock: NpmLock = JSON.parse(text);
	const dependencies = Object.entries(lock.packages?.['']?.dependencies ?? {});
	const [only] = dependencies;
	if (dependencies.length !== 1 || only?.[0] !== name) return undefined;
	if (lock.packages?.[`node_modules/${name}`]?.version !== version || foreign.test(only[1])) return undefined;
	const others = Object.entries(lock.packages).filter(([key]) => key !== '');
	if (others.some(([, entry]) => entry.link || !(entry.integrity ?? entry.inBundle))) return undefined;
	const packages = Object.fromEntries(
		Object.entries(lock.packages).map(([key, entry]) => [key, withUrl(key, entry)]),
	);
	return {specifier: only[1], settings: {}, lock: JSON.stringify({...lock, packages})};
}

function withUrl(key: string, entry: NpmEntry): NpmEntry {
	if (key === '' || entry.integrity === undefined || entry.inBundle) return entry;
	const name = entry.name ?? key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
	return {...entry, resolved: new URL(tarballPath(name, entry.version ?? ''), 'http://127.0.0.1:9/').href};
}
