/** What a lock says about the project it was made for: its only dependency and the settings that must be the same. */
export interface LockHead {
	/** As it stands in the project's manifest. */
	readonly specifier: string;
	/** pnpm: settings and overrides to repeat in `pnpm-workspace.yaml`. */
	readonly settings: Readonly<Record<string, unknown>>;
}

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
	return {specifier: only[1].specifier, settings: {...lock?.settings, ...(overrides && {overrides})}};
}

interface NpmLock {
	readonly packages?: Readonly<
		Record<string, {readonly version?: string; readonly dependencies?: Readonly<Record<string, string>>}>
	>;
}

/** The same for a `package-lock.json` (lockfileVersion 2 or 3); tarballs are found by integrity, not by URL. */
export function npmLockHead(text: string, name: string, version: string): LockHead | undefined {
	const lock: NpmLock = JSON.parse(text);
	const dependencies = Object.entries(lock.packages?.['']?.dependencies ?? {});
	const [only] = dependencies;
	if (dependencies.length !== 1 || only?.[0] !== name) return undefined;
	if (lock.packages?.[`node_modules/${name}`]?.version !== version) return undefined;
	return {specifier: only[1], settings: {}};
}
