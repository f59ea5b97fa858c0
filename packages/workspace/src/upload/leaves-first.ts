import type {Artifact} from '@occo/model';

/**
 * Works on artifacts so that each comes after all that it needs, `jobs` at once. Artifacts that need each other in a
 * circle come together, last. `work` answers whether it went well; what needs a failed one is told its name.
 */
export async function leavesFirst<Item extends {readonly artifact: Artifact}>(
	items: readonly Item[],
	jobs: number,
	work: (item: Item, failedNeed: string | undefined) => Promise<boolean>,
): Promise<void> {
	const users = usersOf(items);
	const waiting = new Map<Item, number>(items.map(item => [item, 0]));
	for (const list of users.values()) for (const user of list) waiting.set(user, (waiting.get(user) ?? 0) + 1);
	const failed = new Map<Item, string>();
	const left = new Set(items);
	const ready = items.filter(item => waiting.get(item) === 0);
	const running = new Set<Promise<void>>();
	const start = (item: Item): void => {
		left.delete(item);
		const one = (async () => {
			const ok = await work(item, failed.get(item));
			for (const user of users.get(item) ?? []) {
				if (!ok) failed.set(user, idOf(item.artifact));
				const count = (waiting.get(user) ?? 1) - 1;
				waiting.set(user, count);
				if (count === 0 && left.has(user)) ready.push(user);
			}
		})();
		const tracked = one.finally(() => running.delete(tracked));
		running.add(tracked);
	};
	while (left.size > 0 || running.size > 0) {
		while (running.size < jobs && ready.length > 0) {
			const next = ready.shift() as Item;
			if (left.has(next)) start(next);
		}
		if (running.size > 0) await Promise.race(running);
		// Only circles are left: none of their members can wait for all the others.
		else if (left.size > 0) ready.push(left.values().next().value as Item);
	}
}

/** The items that need each item. */
function usersOf<Item extends {readonly artifact: Artifact}>(
	items: readonly Item[],
): ReadonlyMap<Item, readonly Item[]> {
	const ids = new Map(items.map(item => [idOf(item.artifact), item]));
	return new Map(
		items.map(item => [
			item,
			item.artifact.neededBy.flatMap(id => ids.get(id) ?? []).filter(user => user !== item),
		]),
	);
}

const idOf = ({name, version}: Artifact): string => `${name}@${version}`;
