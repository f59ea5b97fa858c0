import type {Component, Kind} from './component.ts';

/** One component needs another; `file` and `line` say where that is written. */
export interface Edge {
	/** The component that needs. */
	readonly from: string;
	/** The component that is needed. */
	readonly to: string;
	readonly role: Kind;
	readonly file: string;
	readonly line: number;
}

/** A build order with everything that can be said about it. */
export interface Order {
	/** Every component after all that it needs; ties by name. Without the members of cycles and what needs them. */
	readonly order: readonly string[];
	/** The same in layers: a component is one layer above the highest that it needs. */
	readonly layers: readonly (readonly string[])[];
	/** The shortest cycle of each knot, first name repeated at the end: `[a, b, a]`; sorted. */
	readonly cycles: readonly (readonly string[])[];
}

/** What decides the build order; `test` edges may be added. */
export const orderKinds: readonly Kind[] = ['run', 'optional', 'peer', 'build'];

/** The edges between siblings, by package name within an ecosystem; sorted; one for each pair and kind. */
export function edges(
	components: readonly Component[],
	kinds: readonly Kind[] = orderKinds,
): readonly Edge[] {
	const owners = new Map(
		components.map(component => [key(component.read.ecosystem, component.read.name), component]),
	);
	const found = new Map<string, Edge>();
	for (const component of components) {
		for (const manifest of component.read.manifests) {
			if (manifest.role !== 'abstract') continue;
			for (const {name, kind, place} of manifest.requirements) {
				const owner = owners.get(key(component.read.ecosystem, name));
				if (owner === undefined || !kinds.includes(kind)) continue;
				const edge = {from: component.name, to: owner.name, role: kind, file: place.file, line: place.line};
				const id = JSON.stringify([edge.from, edge.to, kind]);
				if (!found.has(id)) found.set(id, edge);
			}
		}
	}
	return [...found.values()].sort(
		(a, b) => compare(a.from, b.from) || compare(a.to, b.to) || compare(a.role, b.role),
	);
}

/** Names compare by code point: the same order on every machine and locale. */
export function compare(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

const key = (ecosystem: string, name: string): string => `${ecosystem}:${name}`;

interface Graph {
	readonly names: readonly string[];
	/** By index: what a node needs, ascending, without repeats; a node that needs itself is kept. */
	readonly needs: readonly (readonly number[])[];
}

function graphOf(
	nodes: Iterable<string>,
	links: Iterable<{readonly from: string; readonly to: string}>,
): Graph {
	const names = [...new Set(nodes)].sort(compare);
	const indexes = new Map(names.map((name, index) => [name, index]));
	const needs = names.map(() => new Set<number>());
	for (const {from, to} of links) {
		const [user, needed] = [indexes.get(from), indexes.get(to)];
		if (user !== undefined && needed !== undefined) needs[user]?.add(needed);
	}
	return {names, needs: needs.map(set => [...set].sort((a, b) => a - b))};
}

/** Orders named nodes by Kahn's algorithm in layers; the input's order never matters. Linear in nodes and links. */
export function buildOrder(
	nodes: Iterable<string>,
	links: Iterable<{readonly from: string; readonly to: string}>,
): Order {
	const graph = graphOf(nodes, links);
	const users: number[][] = graph.names.map(() => []);
	const waiting = graph.needs.map(list => list.length);
	for (const [user, list] of graph.needs.entries()) for (const needed of list) users[needed]?.push(user);
	const layers: string[][] = [];
	let layer = graph.names.flatMap((_, index) => (waiting[index] === 0 ? [index] : []));
	let placed = 0;
	while (layer.length > 0) {
		layers.push(layer.map(index => graph.names[index] as string));
		placed += layer.length;
		const next: number[] = [];
		for (const done of layer) {
			for (const user of users[done] as number[]) {
				waiting[user] = (waiting[user] as number) - 1;
				if (waiting[user] === 0) next.push(user);
			}
		}
		layer = next.sort((a, b) => a - b);
	}
	const cycles = placed === graph.names.length ? [] : knots(graph).map(knot => shortestCycle(graph, knot));
	return {order: layers.flat(), layers, cycles: cycles.sort((a, b) => compare(a.join(), b.join()))};
}

/** Strongly connected parts that hold a cycle, by Tarjan's algorithm without recursion. */
function knots({names, needs}: Graph): number[][] {
	const index = new Int32Array(names.length).fill(-1);
	const low = new Int32Array(names.length);
	const onStack = new Uint8Array(names.length);
	const stack: number[] = [];
	const found: number[][] = [];
	let counter = 0;
	const enter = (node: number, path: [number, number][]): void => {
		index[node] = low[node] = counter++;
		stack.push(node);
		onStack[node] = 1;
		path.push([node, 0]);
	};
	const leave = (node: number): void => {
		if (low[node] !== index[node]) return;
		const members = stack.splice(stack.lastIndexOf(node));
		for (const member of members) onStack[member] = 0;
		if (members.length > 1 || needs[node]?.includes(node)) found.push(members);
	};
	for (const root of names.keys()) {
		if (index[root] !== -1) continue;
		const path: [number, number][] = [];
		enter(root, path);
		for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
			const [node, position] = top;
			const next = needs[node]?.[position];
			top[1]++;
			if (next === undefined) {
				path.pop();
				leave(node);
				const parent = path.at(-1)?.[0];
				if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number);
			} else if (index[next] === -1) enter(next, path);
			else if (onStack[next]) low[node] = Math.min(low[node] as number, index[next] as number);
		}
	}
	return found;
}

/** Bounds the search for the shortest cycle in huge knots; beyond it the cycle found is short, maybe not shortest. */
const searches = 200;

function shortestCycle({names, needs}: Graph, knot: readonly number[]): string[] {
	const inside = new Set(knot);
	let best: readonly number[] = [];
	for (const start of [...knot].sort((a, b) => a - b).slice(0, searches)) {
		const cycle = cycleThrough(start, needs, inside);
		if (best.length === 0 || cycle.length < best.length) best = cycle;
	}
	return best.map(index => names[index] as string);
}

/** The shortest way from a node back to itself within its knot, breadth first. */
function cycleThrough(start: number, needs: Graph['needs'], inside: ReadonlySet<number>): number[] {
	const before = new Map<number, number>();
	const queue = [start];
	for (const node of queue) {
		for (const next of needs[node] as readonly number[]) {
			if (next === start) {
				const cycle = [start];
				for (let at = node; at !== start; at = before.get(at) as number) cycle.push(at);
				return [...cycle, start].reverse();
			}
			if (!inside.has(next) || before.has(next)) continue;
			before.set(next, node);
			queue.push(next);
		}
	}
	return [];
}

/** What `start` reaches along `step`, without itself, at most `depth` steps away. */
function reach(
	start: readonly string[],
	step: (name: string) => readonly string[],
	depth = Infinity,
): Set<string> {
	const seen = new Set(start);
	let front = [...start];
	for (let distance = 0; distance < depth && front.length > 0; distance++) {
		const next: string[] = [];
		for (const name of front) {
			for (const other of step(name)) {
				if (seen.has(other)) continue;
				seen.add(other);
				next.push(other);
			}
		}
		front = next;
	}
	return seen;
}

function byEnd(links: readonly Edge[], end: 'from' | 'to'): (name: string) => readonly string[] {
	const map = new Map<string, string[]>();
	for (const link of links) {
		const list = map.get(link[end]);
		const other = end === 'from' ? link.to : link.from;
		if (list) list.push(other);
		else map.set(link[end], [other]);
	}
	return name => map.get(name) ?? [];
}

/** The names and everything that they need, transitively. */
export function upTo(names: readonly string[], links: readonly Edge[]): Set<string> {
	return reach(names, byEnd(links, 'from'));
}

/** The names and everything that needs them, at most `depth` steps away. */
export function above(names: readonly string[], links: readonly Edge[], depth?: number): Set<string> {
	return reach(names, byEnd(links, 'to'), depth);
}

/**
 * The siblings that a component needs to be installed (run, optional and peer edges, transitively), in build order,
 * without itself.
 */
export function closure(components: readonly Component[], name: string): readonly Component[] {
	const links = edges(components, ['run', 'optional', 'peer']);
	const needed = upTo([name], links);
	const byName = new Map(components.map(component => [component.name, component]));
	return buildOrder(needed, links)
		.order.filter(other => other !== name)
		.flatMap(other => byName.get(other) ?? []);
}
