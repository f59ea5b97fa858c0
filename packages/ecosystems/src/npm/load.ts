import {join} from 'node:path';
import type {Host} from '@occo/host';
import {closedEnvironment} from './closed-environment.ts';
import {npmClients} from './install.ts';

/** The clients on this machine, occo's own pnpm first. */
export async function presentNpmClients(host: Host): Promise<readonly string[]> {
	const found = await Promise.all(
		npmClients.map(async client => client === 'pnpm' || (await host.which(client)) !== undefined),
	);
	return npmClients.filter((_, position) => found[position]);
}

/** Exit codes by which the child below tells a package that has no entry (a command only) from a broken one. */
const noEntry = 91;

const script = `
const name = process.argv[1];
let entry;
try {
	entry = import.meta.resolve(name);
	await (await import('node:fs/promises')).access(new URL(entry));
} catch (error) {
	console.error(error.message);
	process.exit(${noEntry});
}
await import(entry);
process.exit(0);
`;

/**
 * Imports an installed package with Node, proxies closed; answers the error. A package without an entry point but with a
 * command, or with types only, has nothing to load and is fine.
 */
export async function loadNpmPackage(host: Host, into: string, name: string): Promise<string | undefined> {
	const work = await host.files.temporaryFolder('occo-load-');
	try {
		const finished = await host.run({
			program: host.nodePath,
			arguments: ['--input-type=module', '--eval', script, '--', name],
			cwd: into,
			env: closedEnvironment(host, work),
			inactivity: 60_000,
		});
		if (finished.code === 0) return undefined;
		if (finished.code === noEntry) return await missingEntry(host, into, name);
		if (finished.timedOut) return 'it did not end within a minute of silence';
		const lines = finished.stderr.split('\n').filter(Boolean);
		return lines.find(line => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? `exit code ${finished.code}`;
	} finally {
		await host.files.remove(work);
	}
}

async function missingEntry(host: Host, into: string, name: string): Promise<string | undefined> {
	const text = await host.files.readText(join(into, 'node_modules', name, 'package.json'));
	const manifest: {main?: string; exports?: unknown} = JSON.parse(text ?? '{}');
	const promised = manifest.main !== undefined && manifest.main !== '' ? manifest.main : undefined;
	return promised && manifest.exports === undefined ? `its entry \`${promised}\` is not there` : undefined;
}
