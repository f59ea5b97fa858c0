import {createHash} from 'node:crypto';
import {pipeline} from 'node:stream/promises';
import type {Handler, Host} from '@occo/host';
import type {Artifact} from '@occo/model';
import {type PackedManifest, packedManifest} from './packed-manifest.ts';

/** An npm artifact and where its content lies. */
export interface ServedArtifact {
	readonly artifact: Pick<
		Artifact,
		'name' | 'version' | 'sha512' | 'published' | 'deprecated' | 'installScripts'
	>;
	/** Absolute. */
	readonly path: string;
}

/** A registry on 127.0.0.1 that knows some artifacts and nothing else. */
export interface LoopbackRegistry {
	/** Ends in `/`. */
	readonly url: string;
	/** Names that were asked for and are not there, sorted. */
	missed(): readonly string[];
	close(): Promise<void>;
}

/** For versions whose publish time is unknown: older than any release-age gate. */
const longAgo = '2010-01-01T00:00:00.000Z';

/**
 * Serves artifacts with npm's registry protocol (packuments with `dist.integrity`, original publish times, `latest`,
 * conventional tarball URLs) until it is closed. Manifests are read from the tarballs when they are asked for.
 */
export async function serveArtifacts(
	host: Host,
	artifacts: readonly ServedArtifact[],
): Promise<LoopbackRegistry> {
	const catalogue = new Catalogue(host, artifacts);
	const server = await host.serve(catalogue.handler);
	catalogue.url = server.url;
	return {url: server.url, missed: () => [...catalogue.missed].sort(), close: () => server.close()};
}

class Catalogue {
	url = '';
	readonly missed: Set<string> = new Set();
	readonly #host: Host;
	readonly #byName: Map<string, ServedArtifact[]> = new Map();
	readonly #byTarball: Map<string, ServedArtifact> = new Map();
	readonly #packuments: Map<string, Promise<object>> = new Map();
	/** Dist-tags that some dependency names, such as `next`, by package. */
	readonly #tags: Map<string, Set<string>> = new Map();

	constructor(host: Host, artifacts: readonly ServedArtifact[]) {
		this.#host = host;
		for (const served of artifacts) {
			const {name, version} = served.artifact;
			this.#byName.set(name, [...(this.#byName.get(name) ?? []), served]);
			this.#byTarball.set(tarballPath(name, version), served);
		}
	}

	readonly handler: Handler = async (request, response) => {
		const path = decodePath(request.url ?? '/');
		const send = (status: number, body: string, headers: Record<string, string> = {}): void => {
			response.writeHead(status, {'content-type': 'application/json', ...headers});
			response.end(request.method === 'HEAD' ? undefined : body);
		};
		if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, '{"error":"read-only"}');
		const tarball = this.#byTarball.get(path);
		if (tarball) {
			const size = (await this.#host.files.stat(tarball.path))?.size ?? 0;
			response.writeHead(200, {'content-type': 'application/octet-stream', 'content-length': String(size)});
			if (request.method === 'HEAD') return void response.end();
			return pipeline(this.#host.files.readStream(tarball.path), response);
		}
		if (path === '-/ping') return send(200, '{}');
		const versions = this.#byName.get(path);
		if (!versions) {
			if (!path.startsWith('-/')) this.missed.add(path);
			return send(404, '{"error":"not in this wheelhouse"}');
		}
		const body = JSON.stringify({
			...(await this.#packument(path, versions)),
			...(await this.#distTags(path, versions)),
		});
		const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
		if (request.headers['if-none-match'] === etag) return send(304, '', {etag});
		const short = 'application/vnd.npm.install-v1+json';
		const type = request.headers.accept?.includes(short) ? short : 'application/json';
		return send(200, body, {etag, 'content-type': type});
	};

	#packument(name: string, versions: readonly ServedArtifact[]): Promise<object> {
		const known = this.#packuments.get(name);
		if (known !== undefined) return known;
		const made = this.#describe(name, versions);
		this.#packuments.set(name, made);
		return made;
	}

	async #describe(name: string, versions: readonly ServedArtifact[]): Promise<object> {
		const entries = await Promise.all(
			versions.map(async ({artifact, path}) => {
				const manifest = await packedManifest(this.#host, path);
				this.#noteTags(manifest);
				return [artifact.version, this.#version(artifact, this.#withoutLostOptionals(manifest))] as const;
			}),
		);
		const times = versions.map(({artifact}) => [artifact.version, artifact.published ?? longAgo] as const);
		const sorted = times.map(([, time]) => time).sort();
		return {
			_id: name,
			name,
			versions: Object.fromEntries(entries),
			time: {created: sorted[0], modified: sorted.at(-1), ...Object.fromEntries(times)},
			modified: sorted.at(-1),
		};
	}

	#version(artifact: ServedArtifact['artifact'], manifest: PackedManifest): object {
		const {name, version, sha512, deprecated, installScripts} = artifact;
		return {
			...manifest,
			_id: `${name}@${version}`,
			name,
			version,
			...(installScripts && {hasInstallScript: true}),
			...(deprecated !== undefined && {deprecated}),
			dist: {
				tarball: new URL(tarballPath(name, version), this.url).href,
				integrity: `sha512-${Buffer.from(sha512, 'hex').toString('base64')}`,
			},
		};
	}

	/**
	 * Optional dependencies of which nothing is here were left out for the targets; some clients (yarn) fail on them
	 * instead of going on.
	 */
	#withoutLostOptionals(manifest: PackedManifest): PackedManifest {
		const {optionalDependencies = {}, dependencies = {}} = manifest;
		const lost = Object.entries(optionalDependencies)
			.filter(([name, range]) => !this.#byName.has(/^npm:(.+?)(?:@[^/]*)?$/.exec(range)?.[1] ?? name))
			.map(([name]) => name);
		if (lost.length === 0) return manifest;
		const kept = (entries: Readonly<Record<string, string>>): Record<string, string> =>
			Object.fromEntries(Object.entries(entries).filter(([name]) => !lost.includes(name)));
		return {...manifest, dependencies: kept(dependencies), optionalDependencies: kept(optionalDependencies)};
	}

	#noteTags({dependencies = {}, optionalDependencies = {}, peerDependencies = {}}: PackedManifest): void {
		for (const [name, range] of Object.entries({
			...peerDependencies,
			...optionalDependencies,
			...dependencies,
		})) {
			if (!/^[a-z][a-z0-9._-]*$/i.test(range) || /^[vx]\d|^x$/i.test(range)) continue;
			this.#tags.set(name, (this.#tags.get(name) ?? new Set()).add(range));
		}
	}

	/** `latest` and every tag asked for mean the newest version here: the only choice was made when it was packaged. */
	async #distTags(name: string, versions: readonly ServedArtifact[]): Promise<object> {
		const {default: semver} = await import('semver');
		const all = versions.map(({artifact}) => artifact.version);
		const newest = semver.maxSatisfying(all, '*') ?? semver.rsort([...all])[0];
		const tags = ['latest', ...(this.#tags.get(name) ?? [])];
		return {'dist-tags': Object.fromEntries(tags.map(tag => [tag, newest]))};
	}
}

/** Where npm's clients expect a tarball, relative to the registry: `@scope/name/-/name-1.0.0.tgz`. */
export function tarballPath(name: string, version: string): string {
	return `${name}/-/${name.slice(name.lastIndexOf('/') + 1)}-${version}.tgz`;
}

function decodePath(url: string): string {
	const path = url.split('?', 1)[0] ?? '';
	try {
		return decodeURIComponent(path).replace(/^\/+/, '');
	} catch {
		return '';
	}
}
