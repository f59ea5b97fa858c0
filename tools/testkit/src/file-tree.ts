import {chmod, mkdir, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/** A file that is more than text: its mode, or the target of a symbolic link. */
export type FileLiteral = string | Uint8Array | {readonly executable: string} | {readonly link: string};

/** Files by path with `/`. */
export type FileTree = Readonly<Record<string, FileLiteral>>;

/** Content and git mode (`100644`, `100755`, `120000`) of a literal; a link's content is its target. */
export function contentOf(literal: FileLiteral): {content: Buffer; mode: '100644' | '100755' | '120000'} {
	if (typeof literal === 'string' || literal instanceof Uint8Array) {
		return {content: Buffer.from(literal), mode: '100644'};
	}
	if ('link' in literal) return {content: Buffer.from(literal.link), mode: '120000'};
	return {content: Buffer.from(literal.executable), mode: '100755'};
}

/** Writes the files below a folder. */
export async function writeFiles(folder: string, files: FileTree): Promise<void> {
	for (const [name, literal] of Object.entries(files)) {
		const path = join(folder, name);
		const {content, mode} = contentOf(literal);
		await mkdir(dirname(path), {recursive: true});
		if (mode === '120000') {
			await symlink(content.toString(), path);
			continue;
		}
		await writeFile(path, content);
		if (mode === '100755') await chmod(path, 0o755);
	}
}
