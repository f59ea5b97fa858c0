import {join} from 'node:path';
import type {Ecosystem, Tool} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import {isOccoError} from '@occo/model';
import {openSettings} from './open.ts';

/** The oldest git that has what occo asks of it. */
const oldestGit: readonly number[] = [2, 30];

/** The first release of each line in which local clones cannot be tricked (CVE-2024-32004, -32020, -32021, -32465). */
const repairedGit: readonly (readonly number[])[] = [
	...[
		[2, 39, 4],
		[2, 40, 2],
		[2, 41, 1],
		[2, 42, 2],
		[2, 43, 4],
		[2, 44, 1],
		[2, 45, 1],
	],
];

/** Everything that occo needs on a machine: tools, folders, workspace, registry. A row that is not ok says how to help it. */
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
	const common = {name: 'git', needed: 'clone-all, status, package'};
	const found = await host.run({program: 'git', arguments: ['--version'], cwd: host.cwd}).catch(error => {
		if (isOccoError(error) && error.code === 'OCCO_TOOL_MISSING') return undefined;
		throw error;
	});
	const version = /\d+(\.\d+)+/.exec(found?.stdout ?? '')?.[0];
	if (version === undefined) {
		return {...common, version: undefined, ok: false, hint: 'install git with your system’s package manager'};
	}
	const ok = !isBefore(version, oldestGit);
	if (!ok) return {...common, version, ok, hint: `git ${oldestGit.join('.')} or newer is needed`};
	return {...common, version, ok, ...(isVulnerable(version) ? {hint: vulnerable} : {})};
}

const vulnerable =
	'this release lets a hostile repository run code when it is cloned from a local path (CVE-2024-32004 and others); 2.39.4, 2.45.1 and newer are repaired';

/** Whether a version of git is older than the repaired release of its line. */
export function isVulnerable(version: string): boolean {
	const [major, minor] = numbers(version);
	const line = repairedGit.find(one => one[0] === major && one[1] === minor);
	return isBefore(version, line ?? (isBefore(version, [2, 45]) ? [2, 45] : [0]));
}

function numbers(version: string): number[] {
	return version.split('.').map(Number);
}

function isBefore(version: string, other: readonly number[]): boolean {
	const parts = numbers(version);
	for (const [index, wanted] of other.entries()) {
		const part = parts[index] ?? 0;
		if (part !== wanted) return part < wanted;
	}
	return false;
}

async function cacheRow(host: Host): Promise<Tool> {
	const {cache} = host.folders;
	const common = {name: 'cache', needed: 'package, install'};
	const probe = join(cache, `.probe-${host.processId}`);
	try {
		await host.files.write(probe, '');
		await host.files.remove(probe);
		return {...common, version: cache, ok: true};
	} catch {
		const hint = `\`${cache}\` cannot be written; make it writable or set OCCO_CACHE to another folder`;
		return {...common, version: undefined, ok: false, hint};
	}
}

async function workspaceRows(host: Host): Promise<readonly Tool[]> {
	const common = {name: 'workspace', needed: 'everything but registry and install'};
	try {
		const {components, registry, root} = await openSettings(host);
		const missing = await missingFolders(host, root, components);
		const noun = components.length === 1 ? 'component' : 'components';
		const version = `${components.length} ${noun}${missing > 0 ? `, ${missing} not cloned` : ''}`;
		const hint = missing > 0 ? {hint: 'run `occo clone-all`'} : {};
		const servers = [...new Set(Object.values(registry))];
		return [
			{...common, version, ok: true, ...hint},
			...(await Promise.all(servers.map(url => registryRow(host, url)))),
		];
	} catch (error) {
		if (!isOccoError(error) || error.kind === 'interrupted') throw error;
		if (error.code === 'OCCO_NO_WORKSPACE') return [{...common, version: 'none here', ok: true}];
		const place = error.place ? `${error.place.file}:${error.place.line ?? 1}: ` : '';
		return [{...common, version: undefined, ok: false, hint: `${place}${error.message}`}];
	}
}

async function missingFolders(
	host: Host,
	root: string,
	components: readonly {readonly folder: string}[],
): Promise<number> {
	const there = await Promise.all(components.map(({folder}) => host.files.exists(join(root, folder))));
	return there.filter(one => !one).length;
}

async function registryRow(host: Host, url: string): Promise<Tool> {
	const common = {name: 'registry', needed: 'upload'};
	try {
		const {status} = await host.http.request({url, inactivity: 5000, retries: 0});
		if (status < 500) return {...common, version: url, ok: true};
		return {...common, version: undefined, ok: false, hint: `\`${url}\` answers with ${status}`};
	} catch (error) {
		if (host.signal.aborted) throw error;
		const message = error instanceof Error ? error.message : String(error);
		return {
			...common,
			version: undefined,
			ok: false,
			hint: `${message}; start it with \`occo registry start\``,
		};
	}
}
