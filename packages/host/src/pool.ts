import {OccoError} from '@occo/model';

/**
 * Runs `worker` over all items, at most `jobs` at once, and answers the results in the items' order. The first
 * failure stops the feeding, waits for what is running and is thrown; so does `signal`, with `OCCO_INTERRUPTED`.
 */
export async function mapPool<Item, Result>(
	items: readonly Item[],
	jobs: number,
	worker: (item: Item, index: number) => Promise<Result>,
	signal?: AbortSignal,
): Promise<Result[]> {
	const results = new Array<Result>(items.length);
	const failures: unknown[] = [];
	let next = 0;
	const lane = async (): Promise<void> => {
		while (next < items.length && failures.length === 0 && !signal?.aborted) {
			const index = next++;
			try {
				results[index] = await worker(items[index] as Item, index);
			} catch (error) {
				failures.push(error);
			}
		}
	};
	await Promise.all(Array.from({length: Math.max(1, Math.min(jobs, items.length))}, lane));
	if (failures.length > 0) throw failures[0];
	if (next < items.length) throw new OccoError('OCCO_INTERRUPTED', 'interrupted', {kind: 'interrupted'});
	return results;
}
