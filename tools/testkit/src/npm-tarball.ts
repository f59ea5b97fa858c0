import {createHash} from 'node:crypto';
import {gzipSync} from 'node:zlib';
import {contentOf, type FileTree} from './file-tree.ts';
import {type TarLiteral, tarBytes} from './tar-bytes.ts';

/** A published package: its manifest, and files beside it. */
export interface PackageLiteral {
	readonly name: string;
	readonly version: string;
	readonly files?: FileTree;
	/** When it was published, ISO 8601; default 2024-01-01. */
	readonly published?: string;
	/** Every other field of its package.json. */
	readonly [field: string]: unknown;
}

/** Its package.json. */
export function manifestOf({files, published, ...manifest}: PackageLiteral): Record<string, unknown> {
	return manifest;
}

/** A deterministic npm tarball: the same literal gives the same bytes. */
export function npmTarball(literal: PackageLiteral): Buffer {
	const entries: TarLiteral[] = [
		{name: 'package/package.json', content: JSON.stringify(manifestOf(literal))},
	];
	for (const [name, file] of Object.entries(literal.files ?? {})) {
		const {content, mode} = contentOf(file);
		entries.push({name: `package/${name}`, content, mode: mode === '100755' ? 0o755 : 0o644});
	}
	return gzipSync(tarBytes(entries), {level: 6});
}

/** Subresource integrity with SHA-512. */
export function integrityOf(bytes: Uint8Array): string {
	return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}
