import type {Graph} from './graph.ts';

/** Bounds the search in huge knots, in links looked at; beyond it the cycle is short, maybe not the shortest. */
const budget = 2_000_000;

/**
 * The shortest cycle within a knot, from its lowest node back to it: `[1, 4, 1]`; of several the first by its nodes.
 * In knots too large to search wholly it is the shortest found.
 */
export function shortestCycle(graph: Graph, knot: readonly number[]): readonly number[] {
	const search = new Search(graph, knot);
	let best: readonly number[] = [];
	for (const start of knot) {
		const cycle = search.cycleThrough(start, best.length === 0 ? Number.POSITIVE_INFINITY : best.length - 1);
		if (cycle !== undefined) best = cycle;
		if (best.length === 2 || search.looked > budget) break;
	}
	return fromLowest(best);
}

function fromLowest(cycle: readonly number[]): readonly number[] {
	const open = cycle.slice(0, -1);
	const lowest = open.reduce((least, node, index) => (node < (open[least] as number) ? index : least), 0);
	return [...open.slice(lowest), ...open.slice(0, lowest), open[lowest] as number];
}

class Search {
	looked = 0;
	readonly #graph: Graph;
	readonly #inside: Uint8Array;
	readonly #before: Int32Array;
	/** The start whose search saw a node last. */
	readonly #seenBy: Int32Array;

	constructor(graph: Graph, knot: readonly number[]) {
		const size = graph.names.length;
		this.#graph = graph;
		this.#inside = new Uint8Array(size);
		for (const node of knot) this.#inside[node] = 1;
		this.#before = new Int32Array(size);
		this.#seenBy = new Int32Array(size).fill(-1);
	}

	/** The shortest way from a node back to itself, breadth first; nothing if it has `limit` nodes or more. */
	cycleThrough(start: number, limit: number): number[] | undefined {
		const {starts, needs} = this.#graph;
		let front = [start];
		for (let length = 1; front.length > 0 && length < limit; length++) {
			const next: number[] = [];
			for (const node of front) {
				const end = starts[node + 1] as number;
				this.looked += end - (starts[node] as number);
				for (let at = starts[node] as number; at < end; at++) {
					const needed = needs[at] as number;
					if (needed === start) return this.#way(start, node);
					if (!this.#inside[needed] || this.#seenBy[needed] === start) continue;
					this.#seenBy[needed] = start;
					this.#before[needed] = node;
					next.push(needed);
				}
			}
			front = next;
		}
		return undefined;
	}

	#way(start: number, last: number): number[] {
		const way = [start];
		for (let at = last; at !== start; at = this.#before[at] as number) way.push(at);
		return [...way, start].reverse();
	}
}
