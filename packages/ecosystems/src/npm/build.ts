import {createHash} from 'node:crypto';
import {join} from 'node:path';
import type {Host} from '@occo/host';
import {OccoError} from '@occo/model';
import type {CachedArtifact, CleanSource, PackageContext} from '../ecosystem.ts';
import {blobPath, cachedArtifact, type Facts, knownFacts, storeBlob} from './blobs.ts';
import {readPnpmWorkspace} from './overrides.ts';
import {pnpmVersion} from './pnpm-program.ts';
import {pnpmError, preparePnpm} from './run-pnpm.ts';

/**
 * Builds a component's tarball from a clean source: with a build step, its requirements are installed (siblings from
 * the tarballs just built), its scripts run and the result is packed by pnpm, which normalises modes and times. A
 * commit that was built before with the same siblings and tools is taken from the cache.
 */
export async function buildNpm(
	host: Host,
	source: CleanSource,
	siblings: readonly CachedArtifact[],
	context: PackageContext,
): Promise<CachedArtifact> {
	const {component, commit} = source;
	const key = buildKey(source, siblings);
	const remembered = commit.endsWith('+dirty') ? undefined : await recall(host, key);
	if (remembered !== undefined) return cachedArtifact(host, remembered, {commit});
	const task = component.name;
	host.report({type: 'task-started', task, detail: component.read.builds ? 'building' : 'packing'});
	const work = await host.files.temporaryFolder('occo-build-');
	try {
		const pnpm = await preparePnpm(host, {
			project: source.folder,
			home: join(work, 'home'),
			workspace: context.workspace,
			upstream: context.upstream,
			offline: context.offline,
		});
		if (component.read.builds) await runBuild(host, source, siblings, pnpm, work);
		const packed = await pnpm([
			'pack',
			'--pack-destination',
			work,
			...(component.read.builds ? [] : ['--config.ignore-scripts=true']),
		]);
		const file = (await host.files.list(work)).find(name => name.endsWith('.tgz'));
		if (packed.code !== 0 || file === undefined) throw scriptError(component.name, 'pnpm pack', packed);
		const facts = await storeBlob(host, host.files.readStream(join(work, file)), component.name);
		if (facts.name !== component.read.name || facts.version !== component.read.version) {
			throw new OccoError(
				'OCCO_BUILD',
				`${component.name}: its build made ${facts.name}@${facts.version}, not ${component.read.name}@${component.read.version}`,
				{kind: 'no'},
			);
		}
		await host.files.write(
			join(host.folders.cache, 'npm', 'built', `${key}.json`),
			JSON.stringify({sha512: facts.sha512}),
		);
		host.report({
			type: 'task-ended',
			task,
			outcome: 'done',
			detail: `${facts.version}, ${(facts.size / 1000).toFixed(1)} kB`,
		});
		return cachedArtifact(host, facts, {commit});
	} finally {
		await host.files.remove(work);
	}
}

function buildKey({component, commit}: CleanSource, siblings: readonly CachedArtifact[]): string {
	const inputs = {
		recipe: 1,
		name: component.read.name,
		path: component.path,
		commit,
		siblings: component.read.builds ? siblings.map(({name, sha512}) => [name, sha512]).sort() : [],
		pnpm: pnpmVersion(),
	};
	return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

async function recall(host: Host, key: string): Promise<Facts | undefined> {
	const text = await host.files.readText(join(host.folders.cache, 'npm', 'built', `${key}.json`));
	return text === undefined ? undefined : knownFacts(host, (JSON.parse(text) as {sha512: string}).sha512);
}

type Pnpm = Awaited<ReturnType<typeof preparePnpm>>;

/** Installs what the build needs and runs the build; the manifests that were changed for that are put back. */
async function runBuild(
	host: Host,
	{component, folder}: CleanSource,
	siblings: readonly CachedArtifact[],
	pnpm: Pnpm,
	work: string,
): Promise<void> {
	const touched = ['pnpm-workspace.yaml', 'pnpm-lock.yaml'].map(name => join(folder, name));
	const before = await Promise.all(touched.map(path => host.files.readBytes(path)));
	const own = await readPnpmWorkspace(host, folder);
	const overrides: Record<string, unknown> = {...(own.overrides as object | undefined)};
	for (const sibling of siblings) {
		const path = join(work, 'siblings', sibling.file);
		await host.files.link(blobPath(host, sibling.sha512), path);
		overrides[sibling.name] = `file:${path}`;
	}
	await host.files.write(
		join(folder, 'pnpm-workspace.yaml'),
		JSON.stringify({...own, packages: ['.'], minimumReleaseAge: 0, overrides}),
	);
	const frozen = siblings.length === 0 && before[1] !== undefined;
	const installed = await pnpm([
		'install',
		'--ignore-scripts',
		frozen ? '--frozen-lockfile' : '--no-frozen-lockfile',
	]);
	if (installed.code !== 0)
		throw pnpmError(installed, `${component.name}: its build requirements cannot be installed`, work);
	const rebuilt = await pnpm(['rebuild']);
	if (rebuilt.code !== 0)
		throw scriptError(component.name, 'install scripts of its build requirements', rebuilt);
	const scripts = await buildScripts(host, folder);
	for (const script of scripts) {
		const finished = await pnpm(['run', script]);
		if (finished.code !== 0) throw scriptError(component.name, `script \`${script}\``, finished);
	}
	for (const [index, path] of touched.entries()) {
		const bytes = before[index];
		await (bytes === undefined ? host.files.remove(path) : host.files.write(path, bytes));
	}
}

/** `build` where packing alone would not run it: `prepack` and `prepare` run when the tarball is packed. */
async function buildScripts(host: Host, folder: string): Promise<readonly string[]> {
	const {scripts = {}} = JSON.parse((await host.files.readText(join(folder, 'package.json'))) ?? '{}') as {
		scripts?: Record<string, string>;
	};
	return scripts.build !== undefined && scripts.prepack === undefined && scripts.prepare === undefined
		? ['build']
		: [];
}

function scriptError(
	component: string,
	what: string,
	{stdout, stderr, code}: {stdout: string; stderr: string; code: number},
): OccoError {
	const lines = `${stdout}\n${stderr}`
		.split('\n')
		.filter(line => line.trim() !== '')
		.slice(-12);
	return new OccoError(
		'OCCO_BUILD',
		`${component}: ${what} failed (exit code ${code})\n${lines.map(line => `  ${line}`).join('\n')}`,
		{
			kind: 'no',
			component,
			hint: 'the build sees only what is committed and declared: is a development dependency missing from package.json?',
		},
	);
}
