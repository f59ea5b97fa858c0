import {createHash} from 'node:crypto';
import {integrityOf, manifestOf, npmTarball, type PackageLiteral} from './npm-tarball.ts';
import {type FaultServer, type Served, staticServer} from './static-server.ts';
import type {Scope} from './temporary-folder.ts';

/** A small npm registry on 127.0.0.1. */
export interface NpmUpstream extends FaultServer {
	/** Publishes one more version. */
	add(literal: PackageLiteral): void;
}

/**
 * Serves literals as packuments (with `time`, `dist-tags`, `dist.integrity`) and deterministic tarballs, read-only. The
 * greatest version published last is `latest`, unless `tags` says otherwise (`name` -> dist-tag -> version).
 */
export async function npmUpstream(
	t: Scope,
	packages: readonly PackageLiteral[],
	tags: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<NpmUpstream> {
	const published: PackageLiteral[] = [...packages];
	const bytes = new Map<PackageLiteral, Buffer>();
	const tarball = (literal: PackageLiteral): Buffer => {
		const made = bytes.get(literal) ?? npmTarball(literal);
		bytes.set(literal, made);
		return made;
	};
	const server = await staticServer(t, request => {
		const path = decodeURIComponent(request.path).slice(1);
		const file = /^(.+)\/-\/([^/]+\.tgz)$/.exec(path);
		if (file) {
			const found = published.find(one => one.name === file[1] && fileName(one) === file[2]);
			return found && {body: tarball(found), type: 'application/octet-stream'};
		}
		const versions = published.filter(one => one.name === path);
		if (versions.length === 0) return undefined;
		return json(packument(versions, {url: server.url, tags: tags[path] ?? {}, tarball}));
	});
	return Object.assign(server, {add: (literal: PackageLiteral) => void published.push(literal)});
}

function json(value: unknown): Served {
	return {body: JSON.stringify(value), type: 'application/json'};
}

/** The registry's conventional file name: without the scope. */
function fileName({name, version}: PackageLiteral): string {
	return `${name.split('/').at(-1)}-${version}.tgz`;
}

function packument(
	versions: readonly PackageLiteral[],
	from: {url: string; tags: Readonly<Record<string, string>>; tarball: (literal: PackageLiteral) => Buffer},
): object {
	const name = versions[0]?.name ?? '';
	const time = (one: PackageLiteral): string => one.published ?? '2024-01-01T00:00:00.000Z';
	const described = versions.map(one => {
		const bytes = from.tarball(one);
		const dist = {
			tarball: `${from.url}${name}/-/${fileName(one)}`,
			integrity: integrityOf(bytes),
			shasum: createHash('sha1').update(bytes).digest('hex'),
		};
		const scripts = (one.scripts ?? {}) as Record<string, string>;
		const installs = ['preinstall', 'install', 'postinstall'].some(script => script in scripts);
		return [one.version, {...manifestOf(one), ...(installs ? {hasInstallScript: true} : {}), dist}];
	});
	const times = versions.map(one => time(one)).sort();
	return {
		_id: name,
		name,
		'dist-tags': {latest: versions.at(-1)?.version, ...from.tags},
		versions: Object.fromEntries(described),
		time: {
			created: times[0],
			modified: times.at(-1),
			...Object.fromEntries(versions.map(one => [one.version, time(one)])),
		},
	};
}
