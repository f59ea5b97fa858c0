import type {Readable} from 'node:stream';

/** A stored object and the tag that names this very content for {@link Objects.swap}. */
export interface StoredObject {
	readonly content: Buffer;
	readonly tag: string;
}

/**
 * The narrow door to where bytes are kept: a folder now, an object store later. Keys are `/`-separated, made of
 * `A-Z a-z 0-9 . _ + ~ @ % -` only. Whatever a method has answered survives a crash and a power loss; what it has
 * not answered happened wholly or not at all.
 */
export interface Objects {
	/** Creates an object that must not exist; answers whether it did not. */
	create(key: string, content: Uint8Array): Promise<boolean>;
	/** Replaces an object that still has this tag (`undefined`: that is not there yet); answers whether it had. */
	swap(key: string, tag: string | undefined, content: Uint8Array): Promise<boolean>;
	read(key: string): Promise<StoredObject | undefined>;
	/** A range of an object as a stream; `end` is inclusive. */
	stream(key: string, range?: {readonly start: number; readonly end: number}): Readable;
	/** Its length in bytes, `undefined` when it is not there. */
	size(key: string): Promise<number | undefined>;
	/** Last path parts of the keys directly below a prefix, and of the prefixes below it; sorted. */
	list(prefix: string): Promise<readonly string[]>;
	remove(key: string): Promise<void>;
	/** Bytes that can still be stored. */
	free(): Promise<number>;
}
