import {fitsNpmTarget, type NpmTarget, OccoError} from '@occo/model';

/** One entry of `packages:` in a `pnpm-lock.yaml` (v9). */
export interface LockedPackage {
	readonly resolution: {readonly integrity?: string; readonly tarball?: string; readonly type?: string};
	readonly version?: string;
	readonly os?: readonly string[];
	readonly cpu?: readonly string[];
	readonly libc?: readonly string[];
	readonly deprecated?: string;
}

/** One entry of `snapshots:`: the dependencies as they were resolved. */
export interface Snapshot {
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly optional?: boolean;
}

/** A `pnpm-lock.yaml` (v9) as data. */
export interface PnpmLock {
	readonly lockfileVersion: string;
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly overrides?: Readonly<Record<string, string>>;
	readonly importers: Readonly<
		Record<string, {readonly dependencies?: Readonly<Record<string, {specifier: string; version: string}>>}>
	>;
	readonly packages?: Readonly<Record<string, LockedPackage>>;
	readonly snapshots?: Readonly<Record<string, Snapshot>>;
}

/** Reads the last document of a lock (an environment document may stand before it). */
export async function parseLock(text: string): Promise<PnpmLock> {
	const {parse} = await import('yaml');
	const lock = parse(text.slice(text.lastIndexOf('\n---\n') + 1), {maxAliasCount: 0}) as PnpmLock;
	if (String(lock.lockfileVersion).startsWith('9.')) return lock;
	throw new OccoError('OCCO_LOCK', `pnpm-lock.yaml has the format ${lock.lockfileVersion}, not 9`, {
		kind: 'world',
	});
}

/** The name and the rest of a lock key: `@a/b@1.0.0(react@18)` -> `@a/b`, `1.0.0(react@18)`. */
export function splitKey(key: string): readonly [name: string, rest: string] {
	const at = key.indexOf('@', 1);
	return [key.slice(0, at), key.slice(at + 1)];
}

/** The key in `snapshots:` that a dependency entry refers to; an alias names its package in the value. */
export function snapshotKey(
	name: string,
	value: string,
	snapshots: Readonly<Record<string, Snapshot>>,
): string {
	const plain = `${name}@${value}`;
	return plain in snapshots ? plain : value;
}

/** Without the peers in parentheses. */
export const withoutPeers = (key: string): string => key.replace(/\(.*$/, '');

/**
 * Makes the tarballs of the workspace look as if they came from a registry: `file:` references become versions, in
 * keys, values and peers alike, and the overrides that led to them go. `references` maps each reference to its version.
 */
export function asPublished(
	lock: PnpmLock,
	references: ReadonlyMap<string, string>,
	siblings: ReadonlySet<string>,
): PnpmLock {
	const swap = (text: string): string => {
		let swapped = text;
		for (const [reference, version] of references) swapped = swapped.replaceAll(reference, version);
		return swapped;
	};
	const visit = (value: unknown): unknown => {
		if (typeof value === 'string') return swap(value);
		if (Array.isArray(value)) return value.map(visit);
		if (typeof value !== 'object' || value === null) return value;
		const {tarball, version, ...rest} = value as Record<string, unknown>;
		const isOurs = typeof tarball === 'string' && references.has(tarball);
		const kept =
			isOurs || (isRecord(rest.resolution) && references.has(String(rest.resolution.tarball))) ? rest : value;
		void version;
		return Object.fromEntries(Object.entries(kept).map(([key, one]) => [swap(key), visit(one)]));
	};
	const overrides = Object.fromEntries(
		Object.entries(lock.overrides ?? {}).filter(([name]) => !siblings.has(name)),
	);
	const {overrides: _, ...bare} = lock;
	const visited = visit(bare) as PnpmLock;
	const {lockfileVersion, settings, ...rest} = visited;
	return {
		lockfileVersion,
		...(settings ? {settings} : {}),
		...(Object.keys(overrides).length > 0 ? {overrides} : {}),
		...rest,
	};
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/**
 * Drops the optional packages that fit none of the targets, and what only they need. What is left is what a resolution
 * against only the wheelhouse would find.
 */
export function forTargets(lock: PnpmLock, targets: readonly NpmTarget[]): PnpmLock {
	const {packages = {}, snapshots = {}} = lock;
	const fits = (key: string): boolean => {
		const limits = packages[withoutPeers(key)];
		return limits === undefined || targets.some(target => fitsNpmTarget(limits, target));
	};
	const dependenciesOf = ({dependencies = {}, optionalDependencies = {}}: Snapshot): string[] => [
		...Object.entries(dependencies).map(([name, value]) => snapshotKey(name, value, snapshots)),
		...Object.entries(optionalDependencies)
			.map(([name, value]) => snapshotKey(name, value, snapshots))
			.filter(fits),
	];
	const roots = Object.values(lock.importers).flatMap(({dependencies = {}}) =>
		Object.entries(dependencies).map(([name, {version}]) => snapshotKey(name, version, snapshots)),
	);
	const reached = new Set(roots);
	for (const key of reached) for (const next of dependenciesOf(snapshots[key] ?? {})) reached.add(next);
	const kept = new Set([...reached].map(withoutPeers));
	const trimmed = ([key, snapshot]: [string, Snapshot]): [string, Snapshot] => {
		if (snapshot.optionalDependencies === undefined) return [key, snapshot];
		const left = Object.entries(snapshot.optionalDependencies).filter(([name, value]) =>
			reached.has(snapshotKey(name, value, snapshots)),
		);
		const {optionalDependencies: _, ...rest} = snapshot;
		const {dependencies, ...others} = rest;
		return [
			key,
			{
				...(dependencies ? {dependencies} : {}),
				...(left.length > 0 ? {optionalDependencies: Object.fromEntries(left)} : {}),
				...others,
			},
		];
	};
	return {
		...lock,
		packages: Object.fromEntries(Object.entries(packages).filter(([key]) => kept.has(key))),
		snapshots: Object.fromEntries(
			Object.entries(snapshots)
				.filter(([key]) => reached.has(key))
				.map(trimmed),
		),
	};
}

/** Who needs what: for each `name@version`, the `name@version` of its dependencies, sorted. */
export function needsOf({snapshots = {}}: PnpmLock): ReadonlyMap<string, readonly string[]> {
	const needs = new Map<string, Set<string>>();
	for (const [key, {dependencies = {}, optionalDependencies = {}}] of Object.entries(snapshots)) {
		const id = withoutPeers(key);
		const set = needs.get(id) ?? new Set<string>();
		for (const [name, value] of [...Object.entries(dependencies), ...Object.entries(optionalDependencies)]) {
			set.add(withoutPeers(snapshotKey(name, value, snapshots)));
		}
		needs.set(id, set);
	}
	return new Map([...needs].map(([id, set]) => [id, [...set].sort()]));
}
