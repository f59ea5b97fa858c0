import test from 'ava';
import fc from 'fast-check';
import toposort from 'toposort';
import {buildOrder} from '../src/order.ts';

const link = (from: string, to: string) => ({from, to});
const names = fc.array(fc.string({minLength: 1, maxLength: 3}), {maxLength: 12});
const graph = names.chain(nodes =>
	fc.record({
		nodes: fc.constant(nodes),
		links:
			nodes.length === 0
				? fc.constant<{from: string; to: string}[]>([])
				: fc.array(fc.record({from: fc.constantFrom(...nodes), to: fc.constantFrom(...nodes)}), {
						maxLength: 30,
					}),
	}),
);

test('puts every component after all that it needs, in layers, ties by name', t => {
	const order = buildOrder(
		['d', 'c', 'b', 'a'],
		[link('d', 'b'), link('d', 'c'), link('b', 'a'), link('c', 'a')],
	);
	t.deepEqual(order, {order: ['a', 'b', 'c', 'd'], layers: [['a'], ['b', 'c'], ['d']], cycles: []});
});

test('names the shortest cycle of each knot and leaves the innocent out of it', t => {
	const links = [
		link('a', 'b'),
		link('b', 'c'),
		link('c', 'a'),
		link('c', 'b'),
		link('x', 'a'),
		link('s', 's'),
	];
	t.deepEqual(buildOrder(['a', 'b', 'c', 'x', 's', 'free'], links), {
		order: ['free'],
		layers: [['free']],
		cycles: [
			['b', 'c', 'b'],
			['s', 's'],
		],
	});
});

test('any graph without a cycle: agrees with toposort that it has an order, and the order is right', t => {
	fc.assert(
		fc.property(graph, ({nodes, links}) => {
			const {order, cycles} = buildOrder(nodes, links);
			let acyclic = true;
			try {
				toposort.array(
					[...new Set(nodes)],
					links.map(({from, to}) => [from, to] as [string, string]),
				);
			} catch {
				acyclic = false;
			}
			t.is(cycles.length === 0, acyclic);
			if (!acyclic) return;
			t.deepEqual([...order].sort(), [...new Set(nodes)].sort());
			for (const {from, to} of links) t.true(order.indexOf(to) < order.indexOf(from));
		}),
	);
});

test('every cycle is one: each member needs the next', t => {
	fc.assert(
		fc.property(graph, ({nodes, links}) => {
			for (const cycle of buildOrder(nodes, links).cycles) {
				t.is(cycle[0], cycle.at(-1));
				for (const [index, name] of cycle.slice(0, -1).entries()) {
					t.true(links.some(({from, to}) => from === name && to === cycle[index + 1]));
				}
			}
		}),
	);
});

test('the order of the input never matters', t => {
	fc.assert(
		fc.property(graph, ({nodes, links}) => {
			t.deepEqual(buildOrder([...nodes].reverse(), [...links].reverse()), buildOrder(nodes, links));
		}),
	);
});

test('a chain of 50 000 components works', t => {
	const nodes = Array.from({length: 50_000}, (_, index) => `c${index}`);
	const links = nodes.slice(1).map((name, index) => link(name, nodes[index] as string));
	t.is(buildOrder(nodes, links).layers.length, 50_000);
	const ring = buildOrder(nodes, [...links, link('c0', 'c49999')]);
	t.is(ring.cycles[0]?.length, 50_001);
});
