import {join, relative} from 'node:path';
import type {CachedArtifact, Ecosystem} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import {
	type Artifact,
	buildOrder,
	type Component,
	closure,
	type EcosystemName,
	edges,
	type Finding,
	orderKinds,
	rules,
	upTo,
} from '@occo/model';
import type {Workspace} from '../open.ts';
import {writeBundle} from '../wheelhouse/bundle.ts';
import {type PlacedArtifact, writeWheelhouse} from '../wheelhouse/write.ts';
import {excludeFromGit} from './exclude.ts';
import {inputsDigest, unchanged} from './fresh.ts';
import {type Sources, takeSources} from './sources.ts';

/** How components are packaged. */
export interface PackageOptions {
	/** Canonical target texts by ecosystem. */
	readonly targets: Readonly<Partial<Record<EcosystemName, readonly string[]>>>;
	/** Absolute; beside the component's manifest without it. */
	readonly into: string | undefined;
	/** Absolute; a bundle file for the only component asked for. */
	readonly bundle: string | undefined;
	readonly dirty: boolean;
	readonly offline: boolean;
	/** Resolve again although nothing changed. */
	readonly refresh: boolean;
	readonly jobs: number;
}

/** One packaged component; counts are numbers of artifacts. */
export interface Packaged {
	readonly name: string;
	readonly version: string;
	readonly commit: string;
	/** Relative to the workspace where it lies inside, else absolute. */
	readonly wheelhouse: string;
	readonly bundle?: string;
	readonly artifacts: number;
	readonly bytes: number;
	readonly fetched: number;
	readonly built: number;
	readonly reused: number;
}

/** What packaging answers; with findings of error level nothing was built. */
export interface PackageAnswer {
	readonly components: readonly Packaged[];
	readonly findings: readonly Finding[];
}

/** Packages components one after the other; what they share is built and fetched once. */
export async function packageComponents(
	host: Host,
	workspace: Workspace,
	ecosystems: readonly Ecosystem[],
	names: readonly string[],
	options: PackageOptions,
): Promise<PackageAnswer> {
	const job = new PackageJob(host, workspace, ecosystems, options);
	const components: Packaged[] = [];
	for (const name of names) {
		const into =
			options.into === undefined ? undefined : names.length === 1 ? options.into : join(options.into, name);
		const warm = await job.fresh(name, into);
		const done = warm ?? (await job.make(name, into));
		if ('findings' in done) return {components, findings: done.findings};
		components.push(done);
	}
	return {components, findings: []};
}

class PackageJob {
	readonly #host: Host;
	readonly #workspace: Workspace;
	readonly #ecosystems: readonly Ecosystem[];
	readonly #options: PackageOptions;
	/** What this run has built, by component. */
	readonly #built = new Map<string, CachedArtifact>();

	constructor(host: Host, workspace: Workspace, ecosystems: readonly Ecosystem[], options: PackageOptions) {
		this.#host = host;
		this.#workspace = workspace;
		this.#ecosystems = ecosystems;
		this.#options = options;
	}

	#folder(name: string, into: string | undefined): string {
		const settings = this.#workspace.components.find(one => one.name === name);
		return into ?? join(this.#workspace.root, settings?.folder ?? name, settings?.path ?? '.', 'wheelhouse');
	}

	#shown(path: string): string {
		const inside = relative(this.#workspace.root, path);
		return inside.startsWith('..') ? path : inside.split('\\').join('/');
	}

	#settings(ecosystem: EcosystemName): {
		targets: readonly string[];
		upstream: string | undefined;
		tools: Readonly<Record<string, string>>;
	} {
		return {
			targets: this.#options.targets[ecosystem] ?? [],
			upstream: this.#workspace.upstream[ecosystem],
			tools: this.#ecosystems.find(({name}) => name === ecosystem)?.tools() ?? {},
		};
	}

	/** The wheelhouse that is there, when nothing that decides its content has changed. */
	async fresh(name: string, into: string | undefined): Promise<Packaged | undefined> {
		if (this.#options.refresh || this.#options.dirty) return undefined;
		const folder = this.#folder(name, into);
		const index = await unchanged(this.#host, this.#workspace, folder, name, ecosystem =>
			this.#settings(ecosystem),
		);
		if (index === undefined) return undefined;
		const bytes = index.artifacts.reduce((sum, {size}) => sum + size, 0);
		const count = index.artifacts.length;
		const bundle = await this.#bundle(folder);
		return {
			name,
			version: index.version,
			commit: index.commit,
			wheelhouse: this.#shown(folder),
			...bundle,
			artifacts: count,
			bytes,
			fetched: 0,
			built: 0,
			reused: count,
		};
	}

	async make(name: string, into: string | undefined): Promise<Packaged | {findings: readonly Finding[]}> {
		const sources = await takeSources(
			this.#host,
			this.#workspace,
			this.#ecosystems,
			name,
			this.#options.dirty,
		);
		try {
			const findings = this.#check(sources.components);
			if (findings.some(({severity}) => severity === 'error')) return {findings};
			return await this.#make(name, this.#folder(name, into), sources);
		} finally {
			await this.#host.files.remove(sources.folder);
		}
	}

	#check(components: readonly Component[]): readonly Finding[] {
		const knowledge = {
			satisfies: (ecosystem: EcosystemName, version: string, constraint: string): boolean =>
				this.#ecosystems.find(one => one.name === ecosystem)?.satisfies(version, constraint) ?? true,
		};
		return rules.flatMap(rule => [...rule.check(components, knowledge)]);
	}

	async #make(name: string, folder: string, sources: Sources): Promise<Packaged> {
		const component = sources.components.find(one => one.name === name) as Component;
		const ecosystem = this.#ecosystems.find(one => one.name === component.read.ecosystem) as Ecosystem;
		const settings = this.#settings(ecosystem.name);
		const context = {
			workspace: this.#workspace.root,
			jobs: this.#options.jobs,
			offline: this.#options.offline,
			targets: settings.targets,
			upstream: settings.upstream,
		};
		const before = this.#built.size;
		await this.#build(sources, ecosystem, context);
		const own = this.#built.get(name) as CachedArtifact;
		const siblings = closure(sources.components, name).map(
			one => this.#built.get(one.name) as CachedArtifact,
		);
		const source = sources.of(name);
		const resolved = await ecosystem.resolve(this.#host, source, own, siblings, context);
		const placed = place(own, siblings, resolved.externals, resolved.needs);
		const commits = Object.fromEntries(
			sources.components.map(one => [one.name, sources.of(one.name).commit]),
		);
		const index = await writeWheelhouse(this.#host, folder, {
			component: name,
			ecosystem: ecosystem.name,
			package: component.read.name,
			version: component.read.version,
			commit: source.commit,
			commitTime: source.commitTime,
			targets: {[ecosystem.name]: settings.targets},
			tools: settings.tools,
			commits,
			inputs: inputsDigest(commits, settings),
			artifacts: placed,
			locks: resolved.locks,
		});
		await excludeFromGit(this.#host, folder);
		const bundle = await this.#bundle(folder);
		const built = this.#built.size - before;
		return {
			name,
			version: index.version,
			commit: index.commit,
			wheelhouse: this.#shown(folder),
			...bundle,
			artifacts: placed.length,
			bytes: index.artifacts.reduce((sum, {size}) => sum + size, 0),
			fetched: resolved.fetched,
			built,
			reused: placed.length - resolved.fetched - built,
		};
	}

	/** Builds what is needed and not built yet, each after all that it needs. */
	async #build(
		sources: Sources,
		ecosystem: Ecosystem,
		context: Parameters<Ecosystem['build']>[3],
	): Promise<void> {
		const links = edges(sources.components, orderKinds);
		const {order} = buildOrder(
			sources.components.map(one => one.name),
			links,
		);
		this.#host.report({type: 'phase', phase: 'build', total: order.length});
		for (const name of order) {
			if (this.#built.has(name)) continue;
			const siblings = [...upTo([name], links)]
				.filter(one => one !== name)
				.map(one => this.#built.get(one) as CachedArtifact);
			this.#built.set(name, await ecosystem.build(this.#host, sources.of(name), siblings, context));
		}
		this.#host.report({type: 'phase-ended', phase: 'build'});
	}

	async #bundle(folder: string): Promise<{bundle?: string}> {
		const file = this.#options.bundle;
		if (file === undefined) return {};
		await writeBundle(this.#host, folder, file);
		return {bundle: this.#shown(file)};
	}
}

function place(
	own: CachedArtifact,
	siblings: readonly CachedArtifact[],
	externals: readonly CachedArtifact[],
	needs: Readonly<Record<string, readonly string[]>>,
): PlacedArtifact[] {
	const roles = new Map<CachedArtifact, Artifact['role']>([
		[own, 'component'],
		...siblings.map(one => [one, 'sibling'] as const),
		...externals.map(one => [one, 'external'] as const),
	]);
	const users = new Map<string, Set<string>>();
	for (const [one, role] of roles) {
		for (const needed of role === 'external' ? one.needs : (needs[one.name] ?? [])) {
			users.set(needed, (users.get(needed) ?? new Set()).add(`${one.name}@${one.version}`));
		}
	}
	return [...roles].map(([{path, needs: _, ...artifact}, role]) => ({
		path,
		artifact: {
			...artifact,
			role,
			neededBy: [...(users.get(`${artifact.name}@${artifact.version}`) ?? [])].sort(),
		},
	}));
}
