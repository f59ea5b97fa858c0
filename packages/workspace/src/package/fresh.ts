import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {type Host, mapPool} from '@occo/host';
import {type EcosystemName, isOccoError, type WheelhouseIndex} from '@occo/model';
import {headCommit} from '../git/head.ts';
import type {OpenSettings} from '../open.ts';
import {readWheelhouse} from '../wheelhouse/read.ts';

/** What decides a wheelhouse beside the commits. */
export interface Deciding {
	readonly targets: readonly string[];
	readonly upstream: string | undefined;
	readonly tools: Readonly<Record<string, string>>;
}

/** Changes when the way a wheelhouse is made changes. */
const recipe = 1;

/** The digest of everything that decides the content of a wheelhouse. */
export function inputsDigest(
	commits: Readonly<Record<string, string>>,
	{targets, upstream, tools}: Deciding,
): string {
	const inputs = [
		recipe,
		Object.entries(commits).sort(),
		[...targets].sort(),
		upstream ?? null,
		Object.entries(tools).sort(),
	];
	return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

/**
 * The index of a wheelhouse whose inputs are what they were: same commits of all checkouts it was made from, same
 * targets and tools, all files there in their size. Starts no process and asks no server.
 */
export async function unchanged(
	host: Host,
	{root, components}: OpenSettings,
	folder: string,
	name: string,
	deciding: (ecosystem: EcosystemName) => Deciding,
): Promise<WheelhouseIndex | undefined> {
	const index = await readWheelhouse(host, folder).catch((error: unknown) => {
		if (isOccoError(error)) return undefined;
		throw error;
	});
	if (index?.component !== name) return undefined;
	const heads = await Promise.all(
		Object.keys(index.commits).map(async one => {
			const settings = components.find(other => other.name === one);
			return [
				one,
				settings === undefined ? '' : ((await headCommit(host, join(root, settings.folder))) ?? ''),
			] as const;
		}),
	);
	if (inputsDigest(Object.fromEntries(heads), deciding(index.ecosystem)) !== index.inputs) return undefined;
	const whole = await mapPool([...index.artifacts, ...index.files], 32, async ({file, size}) => {
		const stat = await host.files.stat(join(folder, file));
		return stat?.type === 'file' && stat.size === size;
	});
	return whole.every(Boolean) ? index : undefined;
}
