/** A graph of names as integer lists: node `i` needs `needs[starts[i] .. starts[i + 1]]`, ascending. */
export interface Graph {
	/** Sorted by code unit, each once; a node's number is its index. */
	readonly names: readonly string[];
	readonly starts: Int32Array;
	readonly needs: Int32Array;
}

/** One name needs another. */
export interface Link {
	readonly from: string;
	readonly to: string;
}

/** The graph of named nodes; links to or from other names are left out. The input's order never matters. */
export function graphOf(nodes: Iterable<string>, links: readonly Link[]): Graph {
	const names = [...new Set(nodes)].sort();
	const indexes = new Map(names.map((name, index) => [name, index]));
	const from = new Int32Array(links.length);
	const to = new Int32Array(links.length);
	let count = 0;
	for (const link of links) {
		const user = indexes.get(link.from);
		const needed = indexes.get(link.to);
		if (user === undefined || needed === undefined) continue;
		from[count] = user;
		to[count] = needed;
		count++;
	}
	// Sorting by the end first and, stably, by the start afterwards leaves every node's list ascending.
	const byEnd = bucketed(names.length, to.subarray(0, count), from);
	const ends = new Int32Array(count);
	for (const node of names.keys())
		ends.fill(node, byEnd.starts[node] as number, byEnd.starts[node + 1] as number);
	const {starts, values} = bucketed(names.length, byEnd.values, ends);
	return {names, starts, needs: values};
}

/** The same graph with every link turned round. */
export function turned({names, starts, needs}: Graph): Graph {
	const users = new Int32Array(needs.length);
	for (const node of names.keys()) users.fill(node, starts[node] as number, starts[node + 1] as number);
	const buckets = bucketed(names.length, needs, users);
	return {names, starts: buckets.starts, needs: buckets.values};
}

/** Values put in the buckets that keys name, stably: a counting sort. */
function bucketed(
	size: number,
	keys: Int32Array,
	values: Int32Array,
): {starts: Int32Array; values: Int32Array} {
	const starts = new Int32Array(size + 1);
	for (const key of keys) starts[key + 1] = (starts[key + 1] as number) + 1;
	for (let node = 0; node < size; node++)
		starts[node + 1] = (starts[node + 1] as number) + (starts[node] as number);
	const next = starts.slice();
	const sorted = new Int32Array(keys.length);
	for (let index = 0; index < keys.length; index++) {
		const key = keys[index] as number;
		sorted[next[key] as number] = values[index] as number;
		next[key] = (next[key] as number) + 1;
	}
	return {starts, values: sorted};
}

/** Kahn's algorithm in layers, ascending within each: what is in no layer is in a knot or needs one. Linear. */
export function layersOf(graph: Graph): number[][] {
	const {starts, needs: users} = turned(graph);
	const waiting = new Int32Array(graph.names.length);
	for (let node = 0; node < waiting.length; node++)
		waiting[node] = (graph.starts[node + 1] as number) - (graph.starts[node] as number);
	const layers: number[][] = [];
	let layer = [...graph.names.keys()].filter(node => waiting[node] === 0);
	while (layer.length > 0) {
		layers.push(layer);
		const next: number[] = [];
		for (const done of layer) {
			for (let at = starts[done] as number; at < (starts[done + 1] as number); at++) {
				const user = users[at] as number;
				waiting[user] = (waiting[user] as number) - 1;
				if (waiting[user] === 0) next.push(user);
			}
		}
		layer = next.sort((a, b) => a - b);
	}
	return layers;
}

/**
 * The strongly connected parts that hold a cycle, by Tarjan's algorithm without recursion. Members ascend; the parts
 * are ordered by their first member.
 */
export function knotsOf({names, starts, needs}: Graph): number[][] {
	const index = new Int32Array(names.length).fill(-1);
	const low = new Int32Array(names.length);
	const position = starts.slice();
	const onStack = new Uint8Array(names.length);
	const [stack, path]: [number[], number[]] = [[], []];
	const found: number[][] = [];
	let counter = 0;
	const enter = (node: number): void => {
		index[node] = low[node] = counter++;
		onStack[node] = 1;
		stack.push(node);
		path.push(node);
	};
	const leave = (node: number): void => {
		const parent = path.at(-1);
		if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number);
		if (low[node] !== index[node]) return;
		const members: number[] = [];
		for (let member = -1; member !== node; ) {
			member = stack.pop() as number;
			onStack[member] = 0;
			members.push(member);
		}
		const own = needs.subarray(starts[node] as number, starts[node + 1] as number);
		if (members.length > 1 || own.includes(node)) found.push(members.sort((a, b) => a - b));
	};
	for (const root of names.keys()) {
		if (index[root] !== -1) continue;
		enter(root);
		for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
			const at = position[node] as number;
			position[node] = at + 1;
			const next = at < (starts[node + 1] as number) ? (needs[at] as number) : undefined;
			if (next === undefined) leave(path.pop() as number);
			else if (index[next] === -1) enter(next);
			else if (onStack[next]) low[node] = Math.min(low[node] as number, index[next] as number);
		}
	}
	return found.sort((a, b) => (a[0] as number) - (b[0] as number));
}
