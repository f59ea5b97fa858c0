import {basename, dirname, join} from 'node:path';
import {type Host, replaceFolder} from '@occo/host';
import {OccoError} from '@occo/model';
import type {Installed, InstallRequest} from '../ecosystem.ts';
import {closedEnvironment} from './closed-environment.ts';
import {
	fittingArtifacts,
	installWithNpm,
	installWithOther,
	installWithPnpm,
	type Site,
} from './install-clients.ts';
import {pnpmVersion} from './pnpm-program.ts';

/** The clients that an npm wheelhouse can be installed with; the first is the default and comes with occo. */
export const npmClients: readonly string[] = ['pnpm', 'npm', 'yarn', 'bun'];

/** Marks a folder as an install of ours, so that the next one may replace it. */
const marker = '.occo-install.json';

/** What clients leave behind that names a registry, a store or a setting; the installed result needs none of it. */
const leftovers = [
	'.npmrc',
	'.yarnrc.yml',
	'.pnp.cjs',
	'bun.lock',
	'bun.lockb',
	'bunfig.toml',
	'package-lock.json',
	'pnpm-lock.yaml',
	'pnpm-workspace.yaml',
	'yarn.lock',
	'.yarn',
	'node_modules/.modules.yaml',
	'node_modules/.package-lock.json',
	'node_modules/.package-map.json',
	'node_modules/.pnpm-workspace-state-v1.json',
	'node_modules/.pnpm-workspace-state.json',
	'node_modules/.yarn-integrity',
	'node_modules/.yarn-state.yml',
];

/**
 * Installs a component from a verified wheelhouse into a folder of its own: `package.json`, `node_modules` and
 * `bin/<command>`. The folder appears at once and whole; an earlier install of ours is replaced, anything else is
 * refused with `OCCO_INSTALL_EXISTS`.
 */
export async function installNpm(host: Host, request: InstallRequest): Promise<Installed> {
	const {files} = host;
	const client = request.client ?? 'pnpm';
	const program = await clientProgram(host, client);
	await checkPlace(host, request.into);
	const temporary = await files.temporaryFolder('.occo-install-', dirname(request.into));
	try {
		const site: Site = {project: join(temporary, 'project'), work: join(temporary, 'work')};
		for (const folder of [site.project, site.work, join(site.work, 'home')]) await files.makeFolder(folder);
		if (client === 'pnpm') await installWithPnpm(host, request, site);
		else if (client === 'npm') await installWithNpm(host, program, request, site);
		else await installWithOther(host, program, request, site);
		const version = client === 'pnpm' ? pnpmVersion() : await versionOf(host, program, site.work);
		for (const name of leftovers) await files.remove(join(site.project, name));
		const commands = await finish(host, request, site.project, `${client} ${version}`);
		await replaceFolder(files, site.project, request.into);
		return {
			installed: fittingArtifacts(host, request.artifacts).map(({name, version}) => ({name, version})),
			bin: commands.map(name => join(request.into, 'bin', name)),
			client: `${client} ${version}`,
		};
	} finally {
		await files.remove(temporary);
	}
}

async function clientProgram(host: Host, client: string): Promise<string> {
	if (!npmClients.includes(client)) {
		throw new OccoError('OCCO_CLIENT', `\`${client}\` is no client for npm packages`, {
			hint: `choose one of ${npmClients.join(', ')}`,
		});
	}
	if (client === 'pnpm') return client;
	const program = await host.which(client);
	if (program) return program;
	throw new OccoError('OCCO_TOOL_MISSING', `\`${client}\` is not on PATH`, {
		kind: 'world',
		hint: 'leave out `--with`: occo brings its own pnpm',
	});
}

async function versionOf(host: Host, program: string, work: string): Promise<string> {
	const env = closedEnvironment(host, work);
	const {stdout} = await host.run({program, arguments: ['--version'], cwd: work, env});
	return stdout.trim();
}

async function checkPlace({files}: Host, into: string): Promise<void> {
	const found = await files.stat(into);
	if (found === undefined) return;
	if (found.type === 'folder') {
		if ((await files.list(into)).length === 0) return;
		if ((await files.stat(join(into, marker)))?.type === 'file') return;
	}
	throw new OccoError('OCCO_INSTALL_EXISTS', `\`${into}\` is there and is not an install of occo`, {
		hint: 'choose a new folder for `--into`, or remove that one',
	});
}

/** Checks that the component is really there, and adds its commands and the marker. */
async function finish(
	{files}: Host,
	request: InstallRequest,
	project: string,
	client: string,
): Promise<readonly string[]> {
	const text = await files.readText(join(project, 'node_modules', request.package, 'package.json'));
	const manifest: {version?: string; bin?: string | Record<string, string>} = JSON.parse(text ?? '{}');
	if (manifest.version !== request.version) {
		throw new OccoError('OCCO_INSTALL', `${client} ended well but \`${request.package}\` is not installed`, {
			kind: 'no',
		});
	}
	const {bin = {}} = manifest;
	const declared =
		typeof bin === 'string' ? [basename(request.package)] : Object.keys(bin).map(name => basename(name));
	const commands: string[] = [];
	for (const name of declared.filter(one => /^[^.\\]/.test(one)).sort()) {
		if (!(await files.exists(join(project, 'node_modules', '.bin', name)))) continue;
		await files.makeFolder(join(project, 'bin'));
		await files.symlink(join('..', 'node_modules', '.bin', name), join(project, 'bin', name));
		commands.push(name);
	}
	const {package: name, version} = request;
	const facts = {schema: 'occo/install@1', ecosystem: 'npm', package: name, version, client, bin: commands};
	await files.write(join(project, marker), `${JSON.stringify(facts, undefined, 2)}\n`);
	return commands;
}
