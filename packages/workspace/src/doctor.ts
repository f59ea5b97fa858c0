import {join} from 'node:path';
import type {Ecosystem, Tool} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import {isOccoError} from '@occo/model';
import {openSettings} from './open.ts';

/** Git releases whose local clones could be tricked (CVE-2024-32020, CVE-2024-32021 and their class). */
const oldestGit = [2, 30] as const;

/** Everything that occo needs on a machine: tools, folders, workspace, registry. */
export async function examine(host: Host, ecosystems: readonly Ecosystem[]): Promise<readonly Tool[]> {
	const rows = await Promise.all([
		gitRow(host),
		cacheRow(host),
		workspaceRows(host),
		...ecosystems.map(ecosystem => ecosystem.doctor(host)),
	]);
	return rows.flat();
}

async function gitRow(host: Host): Promise<Tool> {
	const needed = 'clone-all, status, package';
	const found = await host
		.run({program: 'git', arguments: ['--version'], cwd: host.cwd})
		.catch(() => undefined);
	const version = /(\d+)\.(\d+)[\d.]*/.exec(found?.stdout ?? '');
	if (!version)
		return {
			name: 'git',
			version: undefined,
			needed,
			ok: false,
			hint: 'install git with your system’s package manager',
		};
	const [major, minor] = [Number(version[1]), Number(version[2])];
	const ok = major > oldestGit[0] || (major === oldestGit[0] && minor >= oldestGit[1]);
	return {
		name: 'git',
		version: version[0],
		needed,
		ok,
		...(ok ? {} : {hint: `git ${oldestGit.join('.')} or newer is needed`}),
	};
}

async function cacheRow(host: Host): Promise<Tool> {
	const probe = join(host.folders.cache, '.probe');
	try {
		await host.files.write(probe, '');
		await host.files.remove(probe);
		return {name: 'cache', version: host.folders.cache, needed: 'everything', ok: true};
	} catch {
		return {
			name: 'cache',
			version: undefined,
			needed: 'everything',
			ok: false,
			hint: `\`${host.folders.cache}\` cannot be written; set OCCO_CACHE`,
		};
	}
}

async function workspaceRows(host: Host): Promise<readonly Tool[]> {
	try {
		const {components, registry} = await openSettings(host);
		const rows: Tool[] = [
			{
				name: 'workspace',
				version: `${components.length} components`,
				needed: 'all but registry and install',
				ok: true,
			},
		];
		if (registry.npm !== undefined) rows.push(await registryRow(host, registry.npm));
		return rows;
	} catch (error) {
		if (!isOccoError(error)) throw error;
		const none = error.code === 'OCCO_NO_WORKSPACE';
		return [
			{
				name: 'workspace',
				version: none ? 'none here' : undefined,
				needed: 'all but registry and install',
				ok: none,
				hint: error.hint ?? error.message,
			},
		];
	}
}

async function registryRow(host: Host, url: string): Promise<Tool> {
	try {
		const {status} = await host.http.request({url: `${url}-/ping`, inactivity: 5000, retries: 0});
		return {name: 'registry', version: `${url} (${status})`, needed: 'upload', ok: status < 500};
	} catch (error) {
		return {
			name: 'registry',
			version: undefined,
			needed: 'upload',
			ok: false,
			hint: `${(error as Error).message}; run \`occo registry start\``,
		};
	}
}
