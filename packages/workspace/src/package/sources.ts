import {join} from 'node:path';
import type {CleanSource, Ecosystem} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import {type Component, OccoError, quoted} from '@occo/model';
import {commitTime, exportCommit, isDirty} from '../git/export.ts';
import {headCommit} from '../git/head.ts';
import {requireRead, type Workspace} from '../open.ts';

/** The clean sources of a component and of every sibling that it needs, with the manifests of exactly that source. */
export interface Sources {
	/** Temporary; holds them all. */
	readonly folder: string;
	readonly components: readonly Component[];
	of(name: string): CleanSource;
}

/**
 * Exports what is committed in the component's checkout and in those of its siblings, as far as it needs them. With
 * `dirty` the work tree is taken as it is. Manifests are read from the export: what is not committed does not count.
 */
export async function takeSources(
	host: Host,
	workspace: Workspace,
	ecosystems: readonly Ecosystem[],
	name: string,
	dirty: boolean,
): Promise<Sources> {
	const folder = await host.files.temporaryFolder('occo-source-');
	const taken = new Map<string, CleanSource>();
	try {
		await take(name);
	} catch (error) {
		await host.files.remove(folder);
		throw error;
	}
	return {
		folder,
		components: [...taken.values()].map(({component}) => component),
		of: one => taken.get(one) as CleanSource,
	};

	async function take(wanted: string): Promise<void> {
		if (taken.has(wanted)) return;
		const source = await exported(requireRead(workspace, wanted));
		taken.set(wanted, source);
		for (const sibling of siblingsOf(source.component, workspace)) await take(sibling);
	}

	async function exported(component: Component): Promise<CleanSource> {
		const checkout = join(workspace.root, component.folder);
		const head = await headCommit(host, checkout);
		if (head === undefined) {
			throw new OccoError('OCCO_NO_COMMIT', `${quoted(component.name)} has no commit to package`, {
				component: component.name,
				hint: 'commit its files first',
			});
		}
		const isChanged = await isDirty(host, checkout);
		if (isChanged && !dirty) {
			host.report({
				type: 'note',
				message: `${component.name}: uncommitted changes are not packaged (commit ${head.slice(0, 12)})`,
			});
		}
		const target = join(folder, String(taken.size), component.folder);
		await exportCommit(host, checkout, head, target, dirty && isChanged);
		const packageFolder = join(target, component.path);
		const relative = component.path === '.' ? component.folder : `${component.folder}/${component.path}`;
		const ecosystem = ecosystems.find(one => one.name === component.read.ecosystem);
		const read = await ecosystem?.read(host, packageFolder, relative);
		if (read === undefined) {
			throw new OccoError('OCCO_NOT_COMMITTED', `${quoted(component.name)}: its manifest is not committed`, {
				component: component.name,
				hint: `commit it in \`${relative}\``,
			});
		}
		return {
			component: {...component, read},
			folder: packageFolder,
			commit: dirty && isChanged ? `${head}+dirty` : head,
			commitTime: await commitTime(host, checkout, head),
		};
	}
}

/** The siblings that a component names for running or building. */
function siblingsOf({read}: Component, workspace: Workspace): string[] {
	const wanted = read.manifests
		.filter(({role}) => role === 'abstract')
		.flatMap(({requirements}) => requirements.filter(({kind}) => kind !== 'test').map(({name}) => name));
	return workspace.read
		.filter(
			other =>
				other.read.ecosystem === read.ecosystem &&
				wanted.includes(other.read.name) &&
				other.read.name !== read.name,
		)
		.map(({name}) => name);
}
