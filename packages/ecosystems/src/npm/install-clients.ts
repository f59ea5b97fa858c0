import {basename, join} from 'node:path';
import {type Finished, type Host, mapPool} from '@occo/host';
import {type Artifact, fitsNpmTarget, type NpmTarget, OccoError} from '@occo/model';
import type {InstallRequest} from '../ecosystem.ts';
import {closedEnvironment} from './closed-environment.ts';
import {npmLockHead, pnpmLockHead} from './lock-head.ts';
import {type LoopbackRegistry, serveArtifacts} from './loopback.ts';
import {pnpmProgram} from './pnpm-program.ts';

/** Where one install happens. */
export interface Site {
	/** The project that becomes the result. */
	readonly project: string;
	/** Stores, caches and homes of the client; thrown away. */
	readonly work: string;
}

/** The artifacts of a wheelhouse that can be installed on this machine. */
export function fittingArtifacts(host: Host, artifacts: readonly Artifact[]): readonly Artifact[] {
	const target = host.platform as NpmTarget;
	return artifacts.filter(
		artifact => artifact.ecosystem === 'npm' && artifact.role !== 'build' && fitsNpmTarget(artifact, target),
	);
}

/** Installs with occo's pnpm: from its own lock without any registry where the wheelhouse has one, else by resolving. */
export async function installWithPnpm(host: Host, request: InstallRequest, site: Site): Promise<void> {
	const lock = await host.files.readText(join(request.wheelhouse, 'locks', 'pnpm-lock.yaml'));
	const head = lock && (await pnpmLockHead(lock, request.package, request.version));
	const run = pnpmRun(host, request, site);
	if (!lock || !head) {
		return withRegistry(host, request, registry => run(['--no-lockfile'], registry));
	}
	await writeProject(host, request, site, head.specifier);
	// Extensions of manifests are already in the snapshots; their checksum would only be compared with a setting.
	const plain = lock.replace(/^packageExtensionsChecksum: .*\n/m, '');
	await host.files.write(join(site.project, 'pnpm-lock.yaml'), plain);
	// YAML 1.2 contains JSON.
	await host.files.write(join(site.project, 'pnpm-workspace.yaml'), JSON.stringify(head.settings));
	const links = join(site.work, 'tarballs');
	await mapPool(fittingArtifacts(host, request.artifacts), 16, ({file}) =>
		host.files.link(join(request.wheelhouse, file), join(links, basename(file))),
	);
	const added = await host.run({
		program: pnpmProgram(host),
		arguments: ['store', 'add', links, ...folders(site)],
		cwd: site.work,
		env: closedEnvironment(host, site.work),
	});
	if (added.code !== 0) throw failed('pnpm store add', request, added);
	await run(['--offline', '--frozen-lockfile', '--trust-lockfile']);
}

function pnpmRun(
	host: Host,
	request: InstallRequest,
	site: Site,
): (mode: readonly string[], registry?: LoopbackRegistry) => Promise<void> {
	return async (mode, registry) => {
		if (registry) await writeProject(host, request, site, request.version, await pinsFor(host, request));
		const finished = await host.run({
			program: pnpmProgram(host),
			arguments: [
				'install',
				'--prod',
				...mode,
				...folders(site),
				'--reporter=append-only',
				'--config.prefer-symlinked-executables=true',
				'--config.extend-node-path=false',
				'--config.minimum-release-age=0',
				request.scripts ? '--config.dangerously-allow-all-builds=true' : '--ignore-scripts',
				`--registry=${registry?.url ?? 'http://127.0.0.1:9/'}`,
			],
			cwd: site.project,
			env: closedEnvironment(host, site.work, registry?.url),
		});
		if (finished.code !== 0) throw failed('pnpm', request, finished, registry);
	};
}

function folders({work}: Site): string[] {
	return [`--store-dir=${join(work, 'store')}`, `--config.cache-dir=${join(work, 'cache')}`];
}

/** Installs with the npm on PATH: by links into a private cache where the wheelhouse has its lock, else by resolving. */
export async function installWithNpm(
	host: Host,
	program: string,
	request: InstallRequest,
	site: Site,
): Promise<void> {
	const lock = await host.files.readText(join(request.wheelhouse, 'locks', 'package-lock.json'));
	const head = lock && npmLockHead(lock, request.package, request.version);
	const flags = ['--omit=dev', ...(request.scripts ? [] : ['--ignore-scripts'])];
	if (!lock || !head) {
		return withRegistry(host, request, registry =>
			runClient(host, request, site, {program, argv: ['install', '--no-package-lock', ...flags], registry}),
		);
	}
	await writeProject(host, request, site, head.specifier);
	await host.files.write(join(site.project, 'package-lock.json'), head.lock);
	// npm's cache finds content by its hash alone, so a link in the right place is all it needs.
	const content = join(site.work, 'npm-cache', '_cacache', 'content-v2', 'sha512');
	await mapPool(fittingArtifacts(host, request.artifacts), 16, ({file, sha512}) =>
		host.files.link(
			join(request.wheelhouse, file),
			join(content, sha512.slice(0, 2), sha512.slice(2, 4), sha512.slice(4)),
		),
	);
	await runClient(host, request, site, {program, argv: ['ci', '--offline', ...flags]});
}

/** Installs with any other client (yarn, bun) from a loopback registry that holds only the wheelhouse. */
export function installWithOther(
	host: Host,
	program: string,
	request: InstallRequest,
	site: Site,
): Promise<void> {
	const scripts = request.scripts ? [] : ['--ignore-scripts'];
	return withRegistry(host, request, async registry => {
		const argv =
			request.client === 'yarn'
				? await yarnArguments(host, program, registry, site, scripts)
				: ['install', '--production', '--no-save', '--no-progress', ...scripts];
		await host.files.write(
			join(site.project, 'bunfig.toml'),
			`[install]\nregistry = ${JSON.stringify(registry.url)}\n`,
		);
		await runClient(host, request, site, {program, argv, registry});
	});
}

async function yarnArguments(
	host: Host,
	program: string,
	{url}: LoopbackRegistry,
	{work}: Site,
	scripts: readonly string[],
): Promise<string[]> {
	const version = await host.run({
		program,
		arguments: ['--version'],
		cwd: work,
		env: closedEnvironment(host, work),
	});
	if (!version.stdout.startsWith('1.'))
		return ['install', ...(scripts.length > 0 ? ['--mode=skip-build'] : [])];
	return [
		'install',
		'--no-lockfile',
		'--production',
		'--non-interactive',
		`--registry=${url}`,
		`--cache-folder=${join(work, 'yarn-cache')}`,
		...scripts,
	];
}

async function runClient(
	host: Host,
	request: InstallRequest,
	site: Site,
	call: {program: string; argv: readonly string[]; registry?: LoopbackRegistry},
): Promise<void> {
	if (call.registry) await writeProject(host, request, site, request.version, await pinsFor(host, request));
	const finished = await host.run({
		program: call.program,
		arguments: call.argv,
		cwd: site.project,
		env: closedEnvironment(host, site.work, call.registry?.url),
	});
	if (finished.code !== 0) throw failed(basename(call.program), request, finished, call.registry);
}

async function withRegistry(
	host: Host,
	{artifacts, wheelhouse}: InstallRequest,
	work: (registry: LoopbackRegistry) => Promise<void>,
): Promise<void> {
	const served = artifacts
		.filter(({ecosystem, role}) => ecosystem === 'npm' && role !== 'build')
		.map(artifact => ({artifact, path: join(wheelhouse, artifact.file)}));
	const registry = await serveArtifacts(host, served);
	try {
		await work(registry);
	} finally {
		await registry.close();
	}
}

async function writeProject(
	host: Host,
	request: InstallRequest,
	site: Site,
	specifier: string,
	pins: object = {},
): Promise<void> {
	const manifest = {private: true, dependencies: {[request.package]: specifier}, ...pins};
	await host.files.write(join(site.project, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** The overrides that the wheelhouse was resolved with, in the words of the client that resolves again. */
async function pinsFor(host: Host, request: InstallRequest): Promise<object> {
	const lock = await host.files.readText(join(request.wheelhouse, 'locks', 'pnpm-lock.yaml'));
	const head = lock && (await pnpmLockHead(lock, request.package, request.version));
	const overrides = (head && (head.settings.overrides as Readonly<Record<string, string>> | undefined)) || {};
	const pins = Object.entries(overrides).filter(([, version]) => version !== '-');
	if (pins.length === 0) return {};
	if (request.client === 'yarn') {
		return {
			resolutions: Object.fromEntries(pins.map(([key, version]) => [key.replaceAll('>', '/'), version])),
		};
	}
	const nested: Record<string, string | Record<string, string>> = {};
	for (const [key, version] of pins) {
		const [parent = key, child] = key.split('>');
		const beside = nested[parent];
		if (child === undefined) nested[parent] = version;
		else nested[parent] = {...(typeof beside === 'object' ? beside : {}), [child]: version};
	}
	return {overrides: nested};
}

function failed(
	client: string,
	request: InstallRequest,
	finished: Finished,
	registry?: LoopbackRegistry,
): OccoError {
	const output = `${finished.stdout}\n${finished.stderr}`.split('\n').map(line => line.trim());
	const telling = output.filter(
		line => /err|fail|not found/i.test(line) && !/complete log|\.log$/i.test(line),
	);
	const reason = (telling.length > 0 ? telling : output.filter(Boolean).slice(-3)).slice(0, 6).join('\n  ');
	const missed = registry?.missed().filter(name => name !== client) ?? [];
	const lacks = missed.length > 0 ? `; not in the wheelhouse: ${missed.join(', ')}` : '';
	return new OccoError(
		'OCCO_INSTALL',
		`${client} could not install \`${request.package}@${request.version}\`${lacks}\n  ${reason}`,
		{kind: 'no', hint: 'run `occo verify --closure` on the wheelhouse to see whether it is complete'},
	);
}
