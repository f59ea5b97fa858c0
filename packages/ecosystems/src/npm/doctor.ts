import type {Host} from '@occo/host';
import type {Tool} from '../ecosystem.ts';
import {pnpmProgram, pnpmVersion} from './pnpm-program.ts';

/** Node, npm and the pnpm that occo brings. */
export async function doctorNpm(host: Host): Promise<readonly Tool[]> {
	const [node, npm] = await Promise.all([versionOf(host, host.nodePath), versionOf(host, 'npm')]);
	return [
		{name: 'node', version: node, needed: 'occo itself and install scripts', ok: node !== undefined},
		{
			name: 'npm',
			version: npm,
			needed: 'install --with npm',
			ok: npm !== undefined,
			...(npm === undefined ? {hint: 'it comes with Node: https://nodejs.org'} : {}),
		},
		await pnpmRow(host),
	];
}

async function pnpmRow(host: Host): Promise<Tool> {
	const needed = 'package, install';
	try {
		const version = await versionOf(host, pnpmProgram(host));
		return {name: 'pnpm', version, needed, ok: version === pnpmVersion()};
	} catch (error) {
		return {name: 'pnpm', version: undefined, needed, ok: false, hint: (error as Error).message};
	}
}

async function versionOf(host: Host, program: string): Promise<string | undefined> {
	try {
		const finished = await host.run({program, arguments: ['--version'], cwd: host.cwd});
		return finished.code === 0 ? finished.stdout.trim().replace(/^v/, '') : undefined;
	} catch {
		return undefined;
	}
}
