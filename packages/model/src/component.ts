import type {Place} from './error.ts';

/** The packaging world of a component. Adding one is a folder in `@occo/ecosystems` and a line here. */
export type EcosystemName = 'npm' | 'python';

/** The role of a dependency manifest: relations, deployment pins, test pins. */
export type Role = 'abstract' | 'deploy' | 'test';

/**
 * What a requirement is needed for. `run` to work, `optional` where it can be had (a platform binary), `peer`
 * provided by whoever installs the package, `build` to make the artifact, `test` to run the tests.
 */
export type Kind = 'run' | 'optional' | 'peer' | 'build' | 'test';

/** One dependency entry of a manifest. */
export interface Requirement {
	/** The package asked for, as its ecosystem compares names (Python: PEP 503). */
	readonly name: string;
	/** The version constraint in the ecosystem's own syntax; empty when there is none. */
	readonly constraint: string;
	readonly kind: Kind;
	/** Where it comes from when that is not the registry: `file:../util`, `git+ssh://…`, a URL, `workspace:*`. */
	readonly source?: string;
	/** The local name, when it is an alias of {@link name} (npm `"x": "npm:y@1"`). */
	readonly alias?: string;
	readonly place: Required<Place>;
}

/** One dependency manifest as it was read. */
export interface Manifest {
	readonly role: Role;
	/** Relative to the workspace, with `/`. */
	readonly file: string;
	readonly requirements: readonly Requirement[];
}

/** What an ecosystem reads in a folder: the package's own facts and its manifests by role. */
export interface Package {
	readonly ecosystem: EcosystemName;
	/** The package name as its registry knows it. */
	readonly name: string;
	readonly version: string;
	/** Whether the package itself forbids publishing (npm `"private": true`). */
	readonly private: boolean;
	/** Names of the commands that it installs. */
	readonly bin: readonly string[];
	/** Whether making its artifact runs scripts (a compile step) and so needs its build requirements. */
	readonly builds: boolean;
	readonly manifests: readonly Manifest[];
}

/** One component of the workspace, with its settings resolved. Present in the workspace file, maybe not on disk. */
export interface ComponentSettings {
	readonly name: string;
	/** The git URL, checked; `undefined` for a component that is only a folder. */
	readonly git: string | undefined;
	/** The wanted revision; `undefined` means the remote's default branch. */
	readonly revision: Revision | undefined;
	/** Folder of the checkout relative to the workspace, with `/`. */
	readonly folder: string;
	/** Folder of the package inside the checkout; `.` when it is the checkout itself. */
	readonly path: string;
	readonly ecosystem: EcosystemName | undefined;
	/** Whether `occo package --all` packages it. */
	readonly package: boolean;
	/** Whether `occo upload` publishes it. */
	readonly publish: boolean;
	/** Where in the workspace file it is declared. */
	readonly place: Place;
}

/** A wanted revision of a repository. */
export interface Revision {
	readonly kind: 'branch' | 'tag' | 'commit';
	/** A branch or tag name that `git check-ref-format` accepts, or a full lower-case hexadecimal object name. */
	readonly name: string;
}

/** A component that is on disk and was read. */
export interface Component extends ComponentSettings {
	readonly read: Package;
}
