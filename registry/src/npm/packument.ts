import {createHash} from 'node:crypto';
import {promisify} from 'node:util';
import {gzip} from 'node:zlib';
import semver from 'semver';
import type {PackageState, StoredPackage} from '../store/record.ts';
import type {NpmManifest} from './document.ts';

/** What of a version npm's abbreviated form keeps (npm registry "package metadata"). */
const abbreviatedKeys = [
	'name',
	'version',
	'deprecated',
	'dependencies',
	'optionalDependencies',
	'devDependencies',
	'bundleDependencies',
	'bundledDependencies',
	'peerDependencies',
	'peerDependenciesMeta',
	'bin',
	'directories',
	'dist',
	'engines',
	'os',
	'cpu',
	'libc',
	'_hasShrinkwrap',
	'hasInstallScript',
] as const;

/** A packument ready to be sent. */
export interface Rendered {
	readonly body: Buffer;
	readonly etag: string;
}

const cache = new WeakMap<StoredPackage<NpmManifest>, Map<string, Rendered>>();

/** The packument of a package as bytes; made once for each state, form and address. */
export function render(stored: StoredPackage<NpmManifest>, base: string, abbreviated: boolean): Rendered {
	const forms = cache.get(stored) ?? new Map<string, Rendered>();
	cache.set(stored, forms);
	const key = `${abbreviated}${base}`;
	const known = forms.get(key);
	if (known) return known;
	// Addresses come from the Host header: a client cannot make us remember any number of them.
	if (forms.size > 8) forms.clear();
	const body = Buffer.from(JSON.stringify(packument(stored, base, abbreviated)));
	const rendered = {body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`};
	forms.set(key, rendered);
	return rendered;
}

const gzips = new WeakMap<Rendered, Promise<Buffer>>();

/** A packument compressed, once; `undefined` where it is too short to be worth it. */
export function compressed(rendered: Rendered): Promise<Buffer> | undefined {
	if (rendered.body.length < 1400) return undefined;
	const bytes = gzips.get(rendered) ?? promisify(gzip)(rendered.body);
	gzips.set(rendered, bytes);
	return bytes;
}

/** The packument as data. `base` ends in `/`. */
export function packument(
	stored: StoredPackage<NpmManifest>,
	base: string,
	abbreviated: boolean,
): Record<string, unknown> {
	const {name, records, state, etag} = stored;
	const sorted = [...records.values()].sort((a, b) => semver.compareBuild(a.version, b.version));
	const times = sorted.map(({version, published}) => [version, published] as const);
	const inOrder = [...records.values()].map(({published}) => published);
	const [created = ''] = inOrder;
	const modified = inOrder.at(-1) ?? '';
	const versions = Object.fromEntries(
		sorted.map(({version, manifest}) => {
			const deprecated = state.deprecated[version];
			const whole: Record<string, unknown> = {
				...manifest,
				...(deprecated ? {deprecated} : {}),
				dist: {...manifest.dist, tarball: tarballUrl(base, name, version)},
			};
			if (!abbreviated) return [version, whole];
			const scripts = whole.scripts as Record<string, unknown> | undefined;
			if (scripts && ['preinstall', 'install', 'postinstall'].some(one => Object.hasOwn(scripts, one)))
				whole.hasInstallScript = true;
			return [
				version,
				Object.fromEntries(
					abbreviatedKeys.filter(key => whole[key] !== undefined).map(key => [key, whole[key]]),
				),
			];
		}),
	);
	const tags = tagsOf(state, [...records.keys()]);
	if (abbreviated) return {name, 'dist-tags': tags, modified, versions};
	return {
		_id: name,
		_rev: etag,
		name,
		'dist-tags': tags,
		versions,
		time: {created, modified, ...Object.fromEntries(times)},
		users: {},
		readme: '',
	};
}

/** Where the tarball of a version is served, by npm's convention. */
function tarballUrl(base: string, name: string, version: string): string {
	return `${base}${name}/-/${name.replace(/^@[^/]+\//, '')}-${version}.tgz`;
}

/** The tags, with `latest` always there: the highest release, or the highest version where there is no release. */
function tagsOf({tags}: PackageState, versions: readonly string[]): Record<string, string> {
	const alive = Object.fromEntries(Object.entries(tags).filter(([, version]) => versions.includes(version)));
	return {latest: highest(versions), ...alive};
}

/** The highest release of some versions; the highest prerelease when there is no release. */
export function highest(versions: readonly string[]): string {
	const sorted = semver.rsort([...versions]);
	return sorted.find(version => semver.prerelease(version) === null) ?? sorted[0] ?? '';
}

/** The tags after a version was published under one: `latest` never moves to a lower version by publishing. */
export function tagged(tags: PackageState['tags'], version: string, tag: string): PackageState['tags'] {
	const current = tags[tag];
	const isBackwards =
		tag === 'latest' &&
		current !== undefined &&
		(semver.lt(version, current) ||
			(semver.prerelease(version) !== null && semver.prerelease(current) === null));
	return isBackwards ? tags : {...tags, [tag]: version};
}
