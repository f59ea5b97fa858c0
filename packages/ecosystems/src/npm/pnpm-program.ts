import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import type {Host} from '@occo/host';
import {OccoError} from '@occo/model';

/**
 * Absolute path of the pnpm that occo depends on: the native binary itself, so that no wrapper script and no
 * installation step stands between. Throws `OCCO_TOOL_MISSING` where pnpm has no binary for this machine.
 */
export function pnpmProgram({platform: {os, cpu, libc}}: Host): string {
	const suffixes = libc === 'musl' ? ['-musl', ''] : ['', '-musl'];
	const require = createRequire(import.meta.url);
	const fromPnpm = createRequire(require.resolve('pnpm/package.json'));
	for (const suffix of suffixes) {
		try {
			const manifest = fromPnpm.resolve(`@pnpm/exe.${os}-${cpu}${suffix}/package.json`);
			return join(dirname(manifest), os === 'win32' ? 'pnpm.exe' : 'pnpm');
		} catch {
			// not installed for this libc
		}
	}
	throw new OccoError('OCCO_TOOL_MISSING', `pnpm has no binary for ${os} ${cpu} here`, {
		kind: 'world',
		hint: 'install occo again with optional dependencies',
	});
}

/** The version of that pnpm. */
export function pnpmVersion(): string {
	const manifest: {version: string} = createRequire(import.meta.url)('pnpm/package.json');
	return manifest.version;
}
