import type {Host} from '@occo/host';
import type {Artifact, Component, EcosystemName, Package} from '@occo/model';

/** What a package build or a resolution needs to know beside the component itself. */
export interface PackageContext {
	/** The folder of the workspace, absolute. */
	readonly workspace: string;
	/** Registry that public packages come from, ends in `/`; without it the user's own configuration says. */
	readonly upstream: string | undefined;
	/** Canonical target texts of this ecosystem. */
	readonly targets: readonly string[];
	/** How many things run at once. */
	readonly jobs: number;
	/** Never touch the network: the cache must have everything. */
	readonly offline: boolean;
}

/** A component exported from its commit into a folder of its own. */
export interface CleanSource {
	readonly component: Component;
	/** Absolute; the package's folder inside the export, free to be written to. */
	readonly folder: string;
	readonly commit: string;
	/** Seconds since the epoch. */
	readonly commitTime: number;
}

/** An artifact that was built or fetched and lies in the cache. */
export interface CachedArtifact extends Omit<Artifact, 'role' | 'neededBy'> {
	/** Absolute path of the content in the cache; link it, never write to it. */
	readonly path: string;
	/** What it needs, as `name@version` of other artifacts of the same closure. */
	readonly needs: readonly string[];
}

/** Everything a component needs, in the cache, and the locks that say so. */
export interface Closure {
	/** Without the component and its siblings themselves. */
	readonly externals: readonly CachedArtifact[];
	/** What each sibling and the component need, by package name, as `name@version`. */
	readonly needs: Readonly<Record<string, readonly string[]>>;
	/** Lock files to keep in the wheelhouse's `locks/`, by file name. */
	readonly locks: Readonly<Record<string, string>>;
	/** How many of the externals came over the network in this run. */
	readonly fetched: number;
}

/** How an upload stands to what a registry already has. */
export type UploadState = 'new' | 'identical' | 'conflict';

/** A registry to publish to, with what proves who we are. */
export interface PublishTarget {
	/** The ecosystem's own base URL, ends in `/`. */
	readonly registry: string;
	/** The value of the `authorization` header, never printed. */
	readonly authorization: string | undefined;
}

/**
 * A packaging world behind eight verbs. A third one costs a folder and a line in the list; a contract test runs over
 * every ecosystem in the list.
 */
export interface Ecosystem {
	readonly name: EcosystemName;
	/**
	 * Reads a folder's manifests without running anything. `undefined`: not one of ours. `relative` is the folder
	 * relative to the workspace, for places. Throws `OCCO_MANIFEST` with the place of what is broken.
	 */
	read(host: Host, folder: string, relative: string): Promise<Package | undefined>;
	/** The tools whose version decides what `build` and `resolve` make, known without starting them. */
	tools(): Readonly<Record<string, string>>;
	/** Whether a version satisfies a constraint; prereleases only where the constraint names them. */
	satisfies(version: string, constraint: string): boolean;
	/**
	 * Builds a component's artifact from a clean source in a clean environment with only its declared dependencies;
	 * `siblings` are already built. The same commit gives the same bytes.
	 */
	build(
		host: Host,
		source: CleanSource,
		siblings: readonly CachedArtifact[],
		context: PackageContext,
	): Promise<CachedArtifact>;
	/**
	 * Resolves everything that a built component needs for all targets with the ecosystem's own resolver, honouring the
	 * deploy manifest found in `source`, and fetches what the cache lacks, verified.
	 */
	resolve(
		host: Host,
		source: CleanSource,
		built: CachedArtifact,
		siblings: readonly CachedArtifact[],
		context: PackageContext,
	): Promise<Closure>;
	/**
	 * Installs from a verified wheelhouse with no network, without touching the user's caches, locks or configuration.
	 * `component` is the package to install. Answers what was installed and the commands in `<into>`'s bin folder.
	 */
	install(host: Host, request: InstallRequest): Promise<Installed>;
	/** Clients on this machine that can install from a wheelhouse, the default first. */
	clients(host: Host): Promise<readonly string[]>;
	/** Loads an installed package (require, import) with the network closed; answers what went wrong. */
	load(host: Host, into: string, name: string): Promise<string | undefined>;
	/**
	 * Resolves the component again against nothing but the wheelhouse, with the network closed; answers what does not come
	 * out as its lock says, one line each. Empty: the closure is proved.
	 */
	proveClosure(host: Host, request: ClosureRequest): Promise<readonly string[]>;
	/** Compares one artifact with what a registry has under its name and version. */
	compare(host: Host, artifact: Artifact, target: PublishTarget): Promise<UploadState>;
	/** Publishes one artifact from a file. `uploaded`, or `present` when the same bytes were there already. */
	publish(
		host: Host,
		artifact: Artifact,
		file: string,
		target: PublishTarget,
	): Promise<'uploaded' | 'present'>;
	/** What `occo doctor` should know: tools, versions, what is missing and how to get it. */
	doctor(host: Host): Promise<readonly Tool[]>;
}

/** One row of `occo doctor`. */
export interface Tool {
	readonly name: string;
	/** `undefined` when it is missing. */
	readonly version: string | undefined;
	/** What needs it. */
	readonly needed: string;
	/** How to get it, when it is missing or too old. */
	readonly hint?: string;
	readonly ok: boolean;
}

/** A component in a wheelhouse whose files were verified. */
export interface ClosureRequest {
	/** Absolute folder of the wheelhouse. */
	readonly wheelhouse: string;
	readonly artifacts: readonly Artifact[];
	/** The component's package name and version. */
	readonly package: string;
	readonly version: string;
}

/** An install from a wheelhouse. */
export interface InstallRequest extends ClosureRequest {
	/** Absolute. */
	readonly into: string;
	/** The client to use; the ecosystem's default without it. */
	readonly client: string | undefined;
	/** Whether install scripts of packages may run. */
	readonly scripts: boolean;
}

/** What an install brought. */
export interface Installed {
	readonly installed: readonly {readonly name: string; readonly version: string}[];
	/** Absolute paths of the commands. */
	readonly bin: readonly string[];
	/** The client that did it, with its version: `pnpm 12.21.0`. */
	readonly client: string;
}
