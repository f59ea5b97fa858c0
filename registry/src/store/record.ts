/**
 * What was published, once and for all: npm has one record a version, Python one a file. Records are never rewritten
 * and never removed, so that a deleted version cannot come back with other bytes.
 */
export interface ArtifactRecord<Manifest> {
	readonly schema: 'occo/record@1';
	readonly name: string;
	readonly version: string;
	/** Hexadecimal digest of the bytes, and their number. */
	readonly sha512: string;
	readonly size: number;
	/** ISO 8601; grows strictly within a package. */
	readonly published: string;
	/** The tag that the publisher asked for. */
	readonly tag: string;
	/** The user who published it. */
	readonly by: string;
	/** The world's own description. */
	readonly manifest: Manifest;
}

/** What may change about a package. */
export interface PackageState {
	/** Versions by tag. */
	readonly tags: Readonly<Record<string, string>>;
	/** Messages by version. */
	readonly deprecated: Readonly<Record<string, string>>;
	/** Deleted versions, and when they were deleted. */
	readonly deleted: Readonly<Record<string, string>>;
}

/** The state as a document of its own: small, replaced by compare-and-swap, written only by commands. */
export interface StateDocument extends PackageState {
	readonly schema: 'occo/package-state@1';
	/** Grows with every change. */
	readonly revision: number;
	/** `published` of the last record that `tags` takes into account; the tags of later records come on top. */
	readonly asOf: string;
}

/** A package as it is at one moment; never changed, a new one takes its place. */
export interface StoredPackage<Manifest> {
	readonly name: string;
	/** Records of the versions that are not deleted, in the order of publishing. */
	readonly records: ReadonlyMap<string, ArtifactRecord<Manifest>>;
	/** Records of deleted versions. */
	readonly tombstones: ReadonlyMap<string, ArtifactRecord<Manifest>>;
	readonly state: PackageState;
	/** Changes whenever anything of the package changes: `<number>-<digest>`. */
	readonly etag: string;
}

/** How the tags follow from a publish; by the world's own order of versions. */
export type Tagging = (
	tags: Readonly<Record<string, string>>,
	version: string,
	tag: string,
) => Readonly<Record<string, string>>;
