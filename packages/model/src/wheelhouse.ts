import type {EcosystemName} from './component.ts';

/** Why an artifact is in a wheelhouse. `build` is a build requirement that is carried along. */
export type ArtifactRole = 'component' | 'sibling' | 'external' | 'build';

/** One file of a wheelhouse that can be installed; never changed once made. */
export interface Artifact {
	readonly ecosystem: EcosystemName;
	readonly name: string;
	readonly version: string;
	readonly role: ArtifactRole;
	/** Relative to the wheelhouse with `/`: `npm/@acme+util-1.0.0.tgz`. */
	readonly file: string;
	/** In bytes. */
	readonly size: number;
	/** Hexadecimal. */
	readonly sha512: string;
	/** Hexadecimal. */
	readonly sha256: string;
	/** `name@version` of the artifacts of this wheelhouse that need it, sorted; empty for the component. */
	readonly neededBy: readonly string[];
	/** npm: the limits of its package.json. */
	readonly os?: readonly string[];
	readonly cpu?: readonly string[];
	readonly libc?: readonly string[];
	/** Python: the wheel's tags. */
	readonly tags?: readonly string[];
	/** An SPDX expression, or the text that the package gives. */
	readonly licence?: string;
	/** Where it was fetched, without credentials; absent for what was built here. */
	readonly source?: string;
	/** ISO 8601; when its registry published it, where the registry says so. */
	readonly published?: string;
	/** The commit it was built from; components and siblings only. */
	readonly commit?: string;
	/** Whether its installation runs scripts. */
	readonly installScripts?: boolean;
	/** The registry's deprecation notice, or the reason of a yank. */
	readonly deprecated?: string;
	/** `first-use` where the registry gave no strong hash and ours was computed at the first fetch. */
	readonly trust?: 'first-use';
}

/** A file of a wheelhouse that is not an artifact: locks, SBOM, licences. */
export interface SupportFile {
	/** Relative to the wheelhouse with `/`. */
	readonly file: string;
	readonly size: number;
	readonly sha512: string;
}

/** `wheelhouse.json`, the index, written last: a folder without it is not a wheelhouse. */
export interface WheelhouseIndex {
	readonly schema: 'occo/wheelhouse@1';
	readonly component: string;
	readonly ecosystem: EcosystemName;
	/** The package's name in its registry. */
	readonly package: string;
	readonly version: string;
	readonly commit: string;
	/** When that commit was made, in seconds since the epoch: the time of every entry of a bundle. */
	readonly commitTime: number;
	/** Canonical texts (see `formatNpmTarget`), sorted, by ecosystem. */
	readonly targets: Readonly<Partial<Record<EcosystemName, readonly string[]>>>;
	/** The tools that made it and their versions, without anything of the machine. */
	readonly tools: Readonly<Record<string, string>>;
	/** The commits of the checkouts it was made from, by component; `+dirty` is appended where `--dirty` was used. */
	readonly commits: Readonly<Record<string, string>>;
	/** Digest of everything that decided the content; equal inputs need no new run. */
	readonly inputs: string;
	/** Reasons given to go ahead against a check. */
	readonly justifications?: Readonly<Record<string, string>>;
	/** Sorted by file. */
	readonly artifacts: readonly Artifact[];
	/** Sorted by file. */
	readonly files: readonly SupportFile[];
}

/** Name of the index file inside a wheelhouse. */
export const indexFile = 'wheelhouse.json';
