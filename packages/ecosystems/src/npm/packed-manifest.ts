import {createGunzip} from 'node:zlib';
import type {Host} from '@occo/host';
import {OccoError} from '@occo/model';

/** What an install needs to know from the `package.json` in a tarball. Values are as the author wrote them. */
export interface PackedManifest {
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly peerDependencies?: Readonly<Record<string, string>>;
	readonly peerDependenciesMeta?: Readonly<Record<string, {readonly optional?: boolean}>>;
	readonly bundleDependencies?: readonly string[] | boolean;
	readonly bundledDependencies?: readonly string[] | boolean;
	readonly bin?: string | Readonly<Record<string, string>>;
	readonly directories?: Readonly<Record<string, string>>;
	readonly engines?: Readonly<Record<string, string>>;
	readonly os?: readonly string[];
	readonly cpu?: readonly string[];
	readonly libc?: readonly string[];
	readonly type?: string;
	readonly main?: string;
	readonly exports?: unknown;
}

const kept = [
	'dependencies',
	'optionalDependencies',
	'peerDependencies',
	'peerDependenciesMeta',
	'bundleDependencies',
	'bundledDependencies',
	'bin',
	'directories',
	'engines',
	'os',
	'cpu',
	'libc',
	'type',
	'main',
	'exports',
];

/** Larger than any package.json that was ever published, small enough for memory. */
const largest = 16 * 1024 * 1024;

/** What an install needs of the `package.json` of an npm tarball. Throws `OCCO_ARCHIVE`. */
export async function packedManifest(host: Host, path: string): Promise<PackedManifest> {
	const manifest = await packedJson(host, path);
	return Object.fromEntries(
		kept
			.filter(key => manifest[key] !== undefined && manifest[key] !== null)
			.map(key => [key, manifest[key]]),
	);
}

/** The whole `package.json` of an npm tarball; stops reading as soon as it is there. Throws `OCCO_ARCHIVE`. */
export async function packedJson(host: Host, path: string): Promise<Readonly<Record<string, unknown>>> {
	const refuse = (what: string, cause?: unknown): OccoError =>
		new OccoError('OCCO_ARCHIVE', `\`${path}\`: ${what}`, {kind: 'no', cause});
	const source = host.files.readStream(path);
	const unpacked = source.pipe(createGunzip());
	source.on('error', error => unpacked.destroy(error));
	try {
		const text = await findManifest(unpacked);
		if (text === undefined) throw refuse('has no package.json');
		const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
		if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) return {...manifest};
		throw refuse('its package.json is no object');
	} catch (error) {
		if (error instanceof SyntaxError) throw refuse('its package.json is not JSON', error);
		if (
			typeof (error as {code?: unknown}).code === 'string' &&
			String((error as {code: string}).code).startsWith('Z_')
		) {
			throw refuse('is not a gzip file', error);
		}
		throw error;
	} finally {
		source.destroy();
		unpacked.destroy();
	}
}

/** The manifest lies one folder deep (`package/` by custom); tar as in POSIX ustar, whose blocks have 512 bytes. */
async function findManifest(unpacked: AsyncIterable<Buffer>): Promise<string | undefined> {
	let pending: Buffer = Buffer.alloc(0);
	let skip = 0;
	let wanted: number | undefined;
	for await (const chunk of unpacked) {
		let rest = chunk;
		if (skip > 0) {
			const skipped = Math.min(skip, rest.length);
			skip -= skipped;
			rest = rest.subarray(skipped);
		}
		pending = pending.length === 0 ? rest : Buffer.concat([pending, rest]);
		while (pending.length >= (wanted ?? 512)) {
			if (wanted !== undefined) return pending.toString('utf8', 0, wanted);
			const {name, size} = header(pending);
			pending = pending.subarray(512);
			if (/^[^/]+\/package\.json$/.test(name) && size <= largest) {
				wanted = size;
				continue;
			}
			const padded = Math.ceil(size / 512) * 512;
			const here = Math.min(padded, pending.length);
			skip = padded - here;
			pending = pending.subarray(here);
		}
	}
	return undefined;
}

function header(block: Buffer): {name: string; size: number} {
	const text = (from: number, to: number): string => block.toString('latin1', from, to).replace(/\0.*$/s, '');
	const prefix = text(345, 500);
	const regular = block[156] === 0 || block[156] === 0x30;
	const size = Number.parseInt(text(124, 136).trim() || '0', 8);
	const name = text(257, 262) === 'ustar' && prefix ? `${prefix}/${text(0, 100)}` : text(0, 100);
	return {name: regular ? name.replace(/^\.\//, '') : '', size: Number.isSafeInteger(size) ? size : 0};
}
