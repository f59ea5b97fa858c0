import {dirname, posix} from 'node:path';
import {Readable} from 'node:stream';
import type {Files, Stat} from '@occo/host';
import {OccoError} from '@occo/model';
import {contentOf, type FileTree} from './file-tree.ts';

interface Entry {
	type: 'file' | 'folder' | 'link';
	/** A link's target is its content. */
	content: Buffer;
	mode: number;
	modified: number;
	links: number;
	readonly inode: number;
}

/** A file system in memory with these files by absolute path. Links are kept but never followed. */
export function memoryFiles(tree: FileTree = {}): Files {
	const entries = new Map<string, Entry>();
	let inodes = 0;
	const put = (path: string, type: Entry['type'], content: Uint8Array, mode: number): void => {
		makeFolder(dirname(path));
		inodes += 1;
		entries.set(path, {
			type,
			content: Buffer.from(content),
			mode,
			modified: Date.now(),
			links: 1,
			inode: inodes,
		});
	};
	const makeFolder = (path: string): void => {
		const there = entries.get(path);
		if (there?.type === 'folder') return;
		if (there !== undefined) throw Object.assign(new Error(`ENOTDIR: ${path}`), {code: 'ENOTDIR'});
		if (dirname(path) !== path) makeFolder(dirname(path));
		inodes += 1;
		entries.set(path, {
			type: 'folder',
			content: Buffer.alloc(0),
			mode: 0o755,
			modified: Date.now(),
			links: 1,
			inode: inodes,
		});
	};
	const below = (path: string): string[] => {
		const prefix = path.endsWith('/') ? path : `${path}/`;
		return [...entries.keys()].filter(key => key.startsWith(prefix)).map(key => key.slice(prefix.length));
	};
	const existing = (path: string): Entry => {
		const entry = entries.get(path);
		if (entry === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), {code: 'ENOENT'});
		return entry;
	};
	const remove = (path: string): void => {
		for (const name of below(path)) entries.delete(posix.join(path, name));
		entries.delete(path);
	};
	const rename = (from: string, to: string): void => {
		const entry = existing(from);
		const moved = below(from).map(name => [name, existing(posix.join(from, name))] as const);
		remove(from);
		remove(to);
		makeFolder(dirname(to));
		entries.set(to, entry);
		for (const [name, one] of moved) entries.set(posix.join(to, name), one);
	};
	const fileAt = (path: string): Entry | undefined => {
		const entry = entries.get(path);
		return entry?.type === 'file' ? entry : undefined;
	};
	for (const [path, literal] of Object.entries(tree)) {
		const {content, mode} = contentOf(literal);
		put(path, mode === '120000' ? 'link' : 'file', content, mode === '100755' ? 0o755 : 0o644);
	}
	return {
		readText: async path => fileAt(path)?.content.toString(),
		readBytes: async path => fileAt(path)?.content,
		readStream: path => {
			const content = fileAt(path)?.content;
			if (content !== undefined) return Readable.from([content]);
			const missing = new OccoError('OCCO_FILE_MISSING', `\`${path}\` is not there`, {kind: 'world'});
			return new Readable({read: () => {}}).destroy(missing);
		},
		stat: async path => described(entries.get(path)),
		exists: async path => entries.has(path),
		list: async path => [...new Set(below(path).map(name => name.split('/')[0] ?? ''))].sort(),
		walk: async path =>
			below(path)
				.filter(name => entries.get(posix.join(path, name))?.type !== 'folder')
				.sort(),
		realPath: async path => (entries.has(path) ? path : undefined),
		write: async (path, content, options) => put(path, 'file', Buffer.from(content), options?.mode ?? 0o644),
		writeStream: async (path, content, options) => {
			const chunks: Uint8Array[] = [];
			for await (const chunk of content) chunks.push(chunk);
			const whole = Buffer.concat(chunks);
			put(path, 'file', whole, options?.mode ?? 0o644);
			return whole.length;
		},
		create: async (path, content, options) => {
			if (entries.has(path)) return false;
			put(path, 'file', Buffer.from(content), options?.mode ?? 0o644);
			return true;
		},
		makeFolder: async path => makeFolder(path),
		remove: async path => remove(path),
		rename: async (from, to) => rename(from, to),
		link: async (from, to) => {
			const entry = existing(from);
			makeFolder(dirname(to));
			entries.set(to, entry);
			entry.links += 1;
		},
		symlink: async (target, path) => put(path, 'link', Buffer.from(target), 0o777),
		readLink: async path => {
			const entry = entries.get(path);
			return entry?.type === 'link' ? entry.content.toString() : undefined;
		},
		chmod: async (path, mode) => {
			existing(path).mode = mode;
		},
		temporaryFolder: async (prefix, parent = '/tmp') => {
			const path = posix.join(parent, `${prefix}${inodes}`);
			makeFolder(path);
			return path;
		},
		freeSpace: async () => 1e12,
	};
}

function described(entry: Entry | undefined): Stat | undefined {
	if (entry === undefined) return undefined;
	const {type, content, mode, modified, inode, links} = entry;
	return {type, size: content.length, mode, modified, identity: `memory:${inode}`, links};
}
