import {join} from 'node:path';
import type {Ecosystem, PublishTarget} from '@occo/ecosystems';
import {type Host, mapPool} from '@occo/host';
import {type Artifact, compare, type EcosystemName, isOccoError, OccoError} from '@occo/model';
import {locateWheelhouse} from '../wheelhouse/locate.ts';
import {type OpenWheelhouse, openWheelhouse} from '../wheelhouse/open.ts';
import {verifyHashes} from '../wheelhouse/verify-hashes.ts';
import {leavesFirst} from './leaves-first.ts';

/** What is uploaded and where to. */
export interface UploadRequest {
	/** Component names, wheelhouse folders or bundle files. */
	readonly places: readonly string[];
	/** By ecosystem; the URL ends in `/`. */
	readonly targets: Readonly<Partial<Record<EcosystemName, PublishTarget>>>;
	/** Names of components that are not published themselves. */
	readonly unpublished: ReadonlySet<string>;
	readonly jobs: number;
	readonly dryRun: boolean;
}

/** What became of one artifact. */
export interface UploadedArtifact {
	readonly ecosystem: EcosystemName;
	readonly name: string;
	readonly version: string;
	readonly file: string;
	readonly state: 'planned' | 'uploaded' | 'present' | 'conflict' | 'failed';
	/** Why it failed. */
	readonly message?: string;
}

/** The answer of an upload; conflicts mean that nothing was sent. */
export interface UploadAnswer {
	/** The registry's URL. */
	readonly registry: string;
	/** Sorted by file. */
	readonly artifacts: readonly UploadedArtifact[];
}

interface Item {
	readonly artifact: Artifact;
	/** Absolute. */
	readonly path: string;
}

/**
 * Publishes what wheelhouses hold: verified first, compared with the registry before anything is sent (a conflict stops
 * all), dependencies before what needs them, and every digest read again at the end.
 */
export async function upload(
	host: Host,
	ecosystems: readonly Ecosystem[],
	request: UploadRequest,
): Promise<UploadAnswer> {
	const opened: OpenWheelhouse[] = [];
	try {
		for (const place of request.places) opened.push(await openVerified(host, place));
		const items = distinct(opened, request.unpublished);
		return {
			registry: Object.values(request.targets)[0]?.registry ?? '',
			artifacts: await publishAll(host, ecosystems, items, request),
		};
	} finally {
		await Promise.all(opened.map(one => one.close()));
	}
}

async function openVerified(host: Host, place: string): Promise<OpenWheelhouse> {
	const opened = await openWheelhouse(host, await locateWheelhouse(host, place));
	const problems = await verifyHashes(host, opened.folder, opened.index);
	const first = problems[0];
	if (first === undefined) return opened;
	await opened.close();
	throw new OccoError(
		'OCCO_NOT_VERIFIED',
		`\`${place}\` does not verify: ${first.message}${problems.length > 1 ? `, and ${problems.length - 1} more` : ''}`,
		{
			kind: 'no',
			hint: `\`occo verify ${place}\` lists everything; package it again`,
		},
	);
}

/** Each artifact once, also when several wheelhouses hold it; components that are not published are left out. */
function distinct(opened: readonly OpenWheelhouse[], unpublished: ReadonlySet<string>): Item[] {
	const items = new Map<string, Item>();
	for (const {folder, index} of opened) {
		for (const artifact of index.artifacts) {
			if (artifact.role === 'component' && unpublished.has(index.component)) continue;
			const id = `${artifact.ecosystem}:${artifact.name}@${artifact.version}:${artifact.file}`;
			const known = items.get(id);
			if (known && known.artifact.sha512 !== artifact.sha512) {
				throw new OccoError(
					'OCCO_CONFLICT',
					`two wheelhouses hold different bytes for ${artifact.name}@${artifact.version}`,
					{
						kind: 'no',
						hint: 'package them again from the same commits',
					},
				);
			}
			const neededBy = [...new Set([...(known?.artifact.neededBy ?? []), ...artifact.neededBy])].sort();
			items.set(id, {artifact: {...artifact, neededBy}, path: join(folder, artifact.file)});
		}
	}
	return [...items.values()].sort((a, b) => compare(a.artifact.file, b.artifact.file));
}

async function publishAll(
	host: Host,
	ecosystems: readonly Ecosystem[],
	items: readonly Item[],
	request: UploadRequest,
): Promise<UploadedArtifact[]> {
	const ecosystemOf = ({artifact}: Item): Ecosystem =>
		ecosystems.find(({name}) => name === artifact.ecosystem) as Ecosystem;
	const targetOf = ({artifact}: Item): PublishTarget => {
		const target = request.targets[artifact.ecosystem];
		if (target) return target;
		throw new OccoError('OCCO_NO_REGISTRY', `no registry for ${artifact.ecosystem} is configured`, {
			hint: 'give `--registry URL`, or set `registry:` in occo.yaml',
		});
	};
	const result = (
		{artifact: {ecosystem, name, version, file}}: Item,
		state: UploadedArtifact['state'],
		message?: string,
	): UploadedArtifact => ({
		ecosystem,
		name,
		version,
		file,
		state,
		...(message === undefined ? {} : {message}),
	});
	host.report({type: 'phase', phase: 'compare', total: items.length});
	const plan = await mapPool(items, 16, async item => {
		const state = await ecosystemOf(item).compare(host, item.artifact, targetOf(item));
		host.report({type: 'advanced', amount: 1});
		return {item, state};
	});
	host.report({type: 'phase-ended', phase: 'compare'});
	const isConflict = plan.some(({state}) => state === 'conflict');
	if (isConflict || request.dryRun) {
		return plan.map(({item, state}) =>
			result(item, state === 'new' ? 'planned' : state === 'identical' ? 'present' : 'conflict'),
		);
	}
	const fresh = plan.filter(({state}) => state === 'new').map(({item}) => item);
	const outcomes = new Map<Item, UploadedArtifact>(
		plan.filter(({state}) => state === 'identical').map(({item}) => [item, result(item, 'present')]),
	);
	host.report({type: 'phase', phase: 'upload', total: fresh.length});
	await leavesFirst(fresh, request.jobs, async (item, failedNeed) => {
		if (failedNeed) {
			outcomes.set(item, result(item, 'failed', `not sent: \`${failedNeed}\`, which it needs, failed`));
			return false;
		}
		try {
			const state = await ecosystemOf(item).publish(host, item.artifact, item.path, targetOf(item));
			outcomes.set(item, result(item, state));
		} catch (error) {
			if (!isOccoError(error) || error.kind === 'interrupted') throw error;
			outcomes.set(item, result(item, error.code === 'OCCO_CONFLICT' ? 'conflict' : 'failed', error.message));
		}
		host.report({type: 'advanced', amount: 1});
		return outcomes.get(item)?.state === 'uploaded' || outcomes.get(item)?.state === 'present';
	});
	host.report({type: 'phase-ended', phase: 'upload'});
	const sent = fresh.filter(item => outcomes.get(item)?.state === 'uploaded');
	await mapPool(sent, 16, async item => {
		const state = await ecosystemOf(item).compare(host, item.artifact, targetOf(item));
		if (state !== 'identical')
			outcomes.set(item, result(item, 'failed', 'the registry does not give back what was sent'));
	});
	return items.map(item => outcomes.get(item) as UploadedArtifact);
}
