import {OccoError} from './error.ts';

/** A place an npm bundle must install on, in Node's own terms (`process.platform`, `process.arch`, libc). */
export interface NpmTarget {
	readonly os: string;
	readonly cpu: string;
	/** Only on Linux; `glibc` when unsaid. */
	readonly libc: 'glibc' | 'musl' | undefined;
}

const platforms = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openbsd', 'sunos', 'win32'];
const architectures = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Reads `linux x64`, `linux arm64 musl`, `darwin arm64`, `win32 x64`. Throws `OCCO_TARGET` naming the wrong word. */
export function parseNpmTarget(text: string): NpmTarget {
	const [os = '', cpu = '', libc, ...rest] = text.trim().split(/\s+/);
	const wrong = (word: string, known: readonly string[]): OccoError =>
		new OccoError('OCCO_TARGET', `npm target \`${text}\`: \`${word}\` is not one of ${known.join(', ')}`, {
			hint: 'write it as `OS CPU [LIBC]`, for example `linux arm64 musl`',
		});
	if (!platforms.includes(os)) throw wrong(os, platforms);
	if (!architectures.includes(cpu)) throw wrong(cpu, architectures);
	if (libc !== undefined && (os !== 'linux' || (libc !== 'glibc' && libc !== 'musl'))) {
		throw wrong(libc, os === 'linux' ? ['glibc', 'musl'] : ['nothing (only linux has a libc here)']);
	}
	if (rest[0] !== undefined) throw wrong(rest[0], ['nothing']);
	return {os, cpu, libc: os === 'linux' ? ((libc as 'glibc' | 'musl' | undefined) ?? 'glibc') : undefined};
}

/** The canonical text of a target: `linux x64`, `linux arm64 musl`. */
export function formatNpmTarget(target: NpmTarget): string {
	return [target.os, target.cpu, target.libc === 'musl' ? 'musl' : undefined].filter(Boolean).join(' ');
}

/**
 * Whether a package limited by its `os`, `cpu` and `libc` fields (npm: names, or `!name` to exclude) can be
 * installed on a target.
 */
export function fitsNpmTarget(
	limits: {
		readonly os?: readonly string[];
		readonly cpu?: readonly string[];
		readonly libc?: readonly string[];
	},
	target: NpmTarget,
): boolean {
	return (
		allows(limits.os, target.os) &&
		allows(limits.cpu, target.cpu) &&
		(target.libc === undefined || allows(limits.libc, target.libc))
	);
}

function allows(list: readonly string[] | undefined, value: string): boolean {
	if (list === undefined || list.length === 0) return true;
	if (list.includes(`!${value}`)) return false;
	const positive = list.filter(entry => !entry.startsWith('!'));
	return positive.length === 0 || positive.includes(value) || positive.includes('any');
}
