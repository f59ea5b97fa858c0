import type {Readable} from 'node:stream';

/** What is known of a path without following a link at its end. */
export interface Stat {
	readonly type: 'file' | 'folder' | 'link' | 'other';
	readonly size: number;
	/** Permission bits. */
	readonly mode: number;
	/** Milliseconds since the epoch. */
	readonly modified: number;
	/** Identifies the content's place on disk (`device:inode`): equal for hard links. */
	readonly identity: string;
	readonly links: number;
}

/**
 * The file system. Paths are absolute. Reads of what is not there answer `undefined`; writes are atomic (temporary
 * file beside the target, then rename), so that nothing half-done stays under its final name. A full disk throws
 * `OCCO_DISK_FULL` naming the path.
 */
export interface Files {
	readText(path: string): Promise<string | undefined>;
	readBytes(path: string): Promise<Buffer | undefined>;
	/** Throws `OCCO_FILE_MISSING` if it is not there. */
	readStream(path: string): Readable;
	stat(path: string): Promise<Stat | undefined>;
	exists(path: string): Promise<boolean>;
	/** Names in a folder, sorted by code point; empty when there is no folder. */
	list(path: string): Promise<readonly string[]>;
	/** All files and links below a folder, relative with `/`, sorted by code point; links are not followed. */
	walk(path: string): Promise<readonly string[]>;
	/** Where a path really is, links followed; `undefined` when there is nothing. */
	realPath(path: string): Promise<string | undefined>;
	/** Writes a whole file and makes its folder. */
	write(path: string, content: string | Uint8Array, options?: {mode?: number; sync?: boolean}): Promise<void>;
	/** Writes a stream to a file, the same way; answers the number of bytes. Removes what it wrote if the stream fails. */
	writeStream(
		path: string,
		content: AsyncIterable<Uint8Array>,
		options?: {mode?: number; sync?: boolean},
	): Promise<number>;
	/** Creates a file that must not exist yet and answers whether it did not. Content appears at once and whole. */
	create(path: string, content: string | Uint8Array, options?: {mode?: number}): Promise<boolean>;
	makeFolder(path: string): Promise<void>;
	/** Removes a file or a whole folder; nothing happens when there is none. */
	remove(path: string): Promise<void>;
	/** Moves within one file system. */
	rename(from: string, to: string): Promise<void>;
	/** A second name for the same content: hard link, or a copy where that is not possible. Replaces `to`. */
	link(from: string, to: string): Promise<void>;
	symlink(target: string, path: string): Promise<void>;
	readLink(path: string): Promise<string | undefined>;
	chmod(path: string, mode: number): Promise<void>;
	/** A new empty folder that `using` code must remove; below `parent`, else the system's temporary folder. */
	temporaryFolder(prefix: string, parent?: string): Promise<string>;
	/** Free bytes on the file system of a path. */
	freeSpace(path: string): Promise<number>;
}
