import {join} from 'node:path';
import type {Host} from '@occo/host';
import {type NpmTarget, OccoError, parseNpmTarget} from '@occo/model';
import type {CachedArtifact, CleanSource, Closure, PackageContext} from '../ecosystem.ts';
import {blobPath, cachedArtifact, knownFacts} from './blobs.ts';
import {type Fetched, fetchAll} from './fetch.ts';
import {asPublished, forTargets, needsOf, type PnpmLock, parseLock, splitKey} from './lock.ts';
import {readNpmConfig} from './npm-config.ts';
import {deployPins, readPnpmWorkspace} from './overrides.ts';
import {pnpmError, preparePnpm} from './run-pnpm.ts';

/**
 * Resolves a built component with pnpm in an empty folder: the component and its siblings are the tarballs just built
 * (a public package of a sibling's name is never asked for), the deploy pins are overrides, all targets count. Then
 * brings every external tarball into the cache.
 */
export async function resolveNpm(
	host: Host,
	source: CleanSource,
	built: CachedArtifact,
	siblings: readonly CachedArtifact[],
	context: PackageContext,
): Promise<Closure> {
	const own = [built, ...siblings];
	const names = new Set(own.map(({name}) => name));
	const targets = context.targets.map(parseNpmTarget);
	const resolved = await resolveLock(host, source, built, siblings, context);
	const references = new Map(own.map(one => [reference(one), one.version]));
	const lock = forTargets(asPublished(resolved, references, names), targets);
	checkOrigins(lock, names);
	const config = await readNpmConfig(host, context.workspace, context.upstream);
	const locked = Object.entries(lock.packages ?? {}).filter(([key]) => !names.has(splitKey(key)[0]));
	const wanted = locked.map(([key, {resolution}]) => {
		const [name, version] = splitKey(key);
		return {name, version, integrity: resolution.integrity};
	});
	const fetched = await fetchAll(host, wanted, config, context.offline);
	const needs = needsOf(lock);
	await checkOptional(host, lock, fetched, own, targets, resolved);
	return {
		externals: fetched.map(one => external(host, one, needs, lock)),
		needs: Object.fromEntries(own.map(({name, version}) => [name, needs.get(`${name}@${version}`) ?? []])),
		locks: await lockFiles(lock, built),
		fetched: fetched.filter(({fresh}) => fresh).length,
	};
}

const reference = ({file}: CachedArtifact): string => `file:artifacts/${file.replace(/^npm\//, '')}`;

async function resolveLock(
	host: Host,
	source: CleanSource,
	built: CachedArtifact,
	siblings: readonly CachedArtifact[],
	context: PackageContext,
): Promise<PnpmLock> {
	host.report({type: 'phase', phase: 'resolve'});
	const work = await host.files.temporaryFolder('occo-resolve-');
	try {
		const project = join(work, 'project');
		for (const one of [built, ...siblings]) {
			await host.files.link(blobPath(host, one.sha512), join(project, reference(one).slice('file:'.length)));
		}
		const pins = await deployPins(host, source.folder, new Set([built, ...siblings].map(({name}) => name)));
		const own = await readPnpmWorkspace(host, source.folder);
		const targets = context.targets.map(parseNpmTarget);
		const settings = {
			packages: ['.'],
			// The pins decide what is taken; a gate on age would make the outcome depend on the day.
			minimumReleaseAge: 0,
			overrides: {...pins, ...Object.fromEntries(siblings.map(one => [one.name, reference(one)]))},
			supportedArchitectures: architectures(targets),
			...(own.packageExtensions ? {packageExtensions: own.packageExtensions} : {}),
			...(own.peerDependencyRules ? {peerDependencyRules: own.peerDependencyRules} : {}),
		};
		await host.files.write(
			join(project, 'package.json'),
			JSON.stringify({
				name: 'occo-wheelhouse',
				private: true,
				dependencies: {[built.name]: reference(built)},
			}),
		);
		await host.files.write(join(project, 'pnpm-workspace.yaml'), JSON.stringify(settings));
		const pnpm = await preparePnpm(host, {
			project,
			home: join(work, 'home'),
			workspace: context.workspace,
			upstream: context.upstream,
			offline: context.offline,
		});
		await preferLocked(host, source.folder, project, pnpm);
		const finished = await pnpm([
			'install',
			'--lockfile-only',
			'--ignore-scripts',
			'--no-frozen-lockfile',
			'--reporter=append-only',
		]);
		const text = await host.files.readText(join(project, 'pnpm-lock.yaml'));
		if (finished.code !== 0 || text === undefined)
			throw pnpmError(finished, `${source.component.name}: its dependencies cannot be resolved`, work);
		host.report({type: 'phase-ended', phase: 'resolve'});
		return await parseLock(text);
	} finally {
		await host.files.remove(work);
	}
}

/** The component's own lock, from pnpm or npm, says which versions are preferred. */
async function preferLocked(
	host: Host,
	folder: string,
	project: string,
	pnpm: Awaited<ReturnType<typeof preparePnpm>>,
): Promise<void> {
	const target = join(project, 'pnpm-lock.yaml');
	const own = await host.files.readText(join(folder, 'pnpm-lock.yaml'));
	if (own !== undefined) return host.files.write(target, own);
	const npmLock = await host.files.readText(join(folder, 'package-lock.json'));
	if (npmLock === undefined) return;
	const manifest = join(project, 'package.json');
	const ours = (await host.files.readText(manifest)) as string;
	await host.files.write(join(project, 'package-lock.json'), npmLock);
	await host.files.write(manifest, (await host.files.readText(join(folder, 'package.json'))) ?? '{}');
	// A lock that cannot be read only loses its preferences; the resolution itself says what is wrong.
	await pnpm(['import']);
	await host.files.remove(join(project, 'package-lock.json'));
	await host.files.write(manifest, ours);
}

function architectures(targets: readonly NpmTarget[]): Record<'os' | 'cpu' | 'libc', readonly string[]> {
	const all = (key: 'os' | 'cpu' | 'libc'): string[] =>
		[...new Set(targets.flatMap(target => target[key] ?? []))].sort();
	return {os: all('os'), cpu: all('cpu'), libc: all('libc')};
}

/** Only registry packages can be carried: what comes from elsewhere has no digest that a registry vouches for. */
function checkOrigins(lock: PnpmLock, own: ReadonlySet<string>): void {
	for (const [key, {resolution}] of Object.entries(lock.packages ?? {})) {
		const [name, version] = splitKey(key);
		if (own.has(name)) continue;
		if (/^[a-z+]+:/i.test(version) || resolution.type !== undefined) {
			throw new OccoError('OCCO_SOURCE', `\`${name}\` comes from \`${version}\`, not from a registry`, {
				kind: 'no',
				hint: 'publish it to a registry, or make it a component of this workspace',
			});
		}
	}
}

/** A platform binary that the resolver could not find would be missing only on the machine that needs it. */
async function checkOptional(
	host: Host,
	lock: PnpmLock,
	fetched: readonly Fetched[],
	own: readonly CachedArtifact[],
	targets: readonly NpmTarget[],
	whole: PnpmLock,
): Promise<void> {
	const present = new Set(Object.keys(whole.packages ?? {}).map(key => splitKey(key)[0]));
	const facts = [
		...fetched.map(one => one.facts),
		...(await Promise.all(own.map(({sha512}) => knownFacts(host, sha512)))),
	];
	for (const one of facts) {
		for (const name of one?.optional ?? []) {
			if (present.has(name) || removed(lock, name)) continue;
			throw new OccoError(
				'OCCO_LOST_OPTIONAL',
				`\`${one?.name}@${one?.version}\` has the optional dependency \`${name}\`, which the registry does not have`,
				{
					kind: 'no',
					hint: `if no target (${targets.map(({os, cpu}) => `${os} ${cpu}`).join(', ')}) needs it, say so: \`"${name}": "-"\` in the overrides of pnpm-workspace.yaml`,
				},
			);
		}
	}
}

const removed = (lock: PnpmLock, name: string): boolean =>
	Object.entries(lock.overrides ?? {}).some(
		([selector, spec]) => spec === '-' && selector.split('>').at(-1) === name,
	);

function external(
	host: Host,
	one: Fetched,
	needs: ReadonlyMap<string, readonly string[]>,
	lock: PnpmLock,
): CachedArtifact {
	const id = `${one.name}@${one.version}`;
	const deprecated = lock.packages?.[id]?.deprecated;
	if (one.facts.name !== one.name || one.facts.version !== one.version) {
		throw new OccoError('OCCO_ARCHIVE', `${id}: its tarball holds ${one.facts.name}@${one.facts.version}`, {
			kind: 'world',
		});
	}
	return cachedArtifact(host, one.facts, {
		source: one.source,
		needs: needs.get(id) ?? [],
		...(deprecated ? {deprecated} : {}),
		...(one.firstUse ? {trust: 'first-use' as const} : {}),
	});
}

async function lockFiles(lock: PnpmLock, {name, version}: CachedArtifact): Promise<Record<string, string>> {
	const {stringify} = await import('yaml');
	const manifest = {name: 'occo-wheelhouse', private: true, dependencies: {[name]: version}};
	const overrides = lock.overrides ? {overrides: lock.overrides} : {};
	return {
		'package.json': `${JSON.stringify(manifest, undefined, 2)}\n`,
		'pnpm-workspace.yaml': stringify({packages: ['.'], ...overrides}),
		'pnpm-lock.yaml': stringify(lock, {lineWidth: 0, aliasDuplicateObjects: false}),
	};
}
