import type {Component, EcosystemName, Kind} from './component.ts';
import {shortestCycle} from './cycle.ts';
import {graphOf, knotsOf, type Link, layersOf} from './graph.ts';

/** The component `from` needs the component `to`; `file` and `line` say where that is written. */
export interface Edge extends Link {
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
	/** The sets of components that all need each other (strongly connected), each sorted, ordered by first name. */
	readonly knots: readonly (readonly string[])[];
	/** The shortest cycle of each knot, in the same order, first name repeated at the end: `[a, b, a]`. */
	readonly cycles: readonly (readonly string[])[];
}

/** What decides the build order; `test` edges may be added. */
export const orderKinds: readonly Kind[] = ['run', 'optional', 'peer', 'build'];

/** The edges between siblings, by package name within an ecosystem; sorted; one for each pair and kind. */
export function edges(
	components: readonly Component[],
	kinds: readonly Kind[] = orderKinds,
): readonly Edge[] {
	const owners = packageOwners(components);
	const found = new Map<string, Edge>();
	for (const component of components) {
		for (const manifest of component.read.manifests) {
			if (manifest.role !== 'abstract') continue;
			for (const {name, kind, place} of manifest.requirements) {
				const owner = owners.get(packageKey(component.read.ecosystem, name));
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

/** A package name as its ecosystem compares it, with the ecosystem: Python's by PEP 503, npm's as written. */
export function packageKey(ecosystem: EcosystemName, name: string): string {
	return `${ecosystem}:${ecosystem === 'python' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name}`;
}

/** The component that makes each package, by {@link packageKey}; of several the first by its own name. */
export function packageOwners(components: readonly Component[]): ReadonlyMap<string, Component> {
	const owners = new Map<string, Component>();
	for (const component of [...components].sort((a, b) => compare(a.name, b.name))) {
		const key = packageKey(component.read.ecosystem, component.read.name);
		if (!owners.has(key)) owners.set(key, component);
	}
	return owners;
}

/** Orders named nodes by Kahn's algorithm in layers; the input's order never matters. Linear in nodes and links. */
export function buildOrder(nodes: Iterable<string>, links: readonly Link[]): Order {
	const graph = graphOf(nodes, links);
	const named = (indexes: readonly number[]): string[] => indexes.map(index => graph.names[index] as string);
	const layers = layersOf(graph).map(named);
	const order = layers.flat();
	const knots = order.length === graph.names.length ? [] : knotsOf(graph);
	return {
		order,
		layers,
		knots: knots.map(named),
		cycles: knots.map(knot => named(shortestCycle(graph, knot))),
	};
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
