import test from 'ava';
import fc from 'fast-check';
import toposort from 'toposort';
import {
	above,
	buildOrder,
	type Component,
	closure,
	edges,
	type Kind,
	orderKinds,
	rules,
	upTo,
} from '../src/index.ts';

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
	t.deepEqual(order, {
		order: ['a', 'b', 'c', 'd'],
		layers: [['a'], ['b', 'c'], ['d']],
		knots: [],
		cycles: [],
	});
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
		knots: [['a', 'b', 'c'], ['s']],
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

test('a graph of 100 000 components with huge knots is decided, every knot with a cycle', t => {
	const nodes = Array.from({length: 100_000}, (_, index) => `c${index}`);
	const links = nodes.flatMap((name, index) =>
		[7, 11, 13, 17].map(step => link(name, nodes[(index * step + 1) % nodes.length] as string)),
	);
	const {knots, cycles} = buildOrder(nodes, links);
	t.true(knots.length > 0 && cycles.length === knots.length);
});

const component = (name: string, needs: Record<string, Kind> = {}, python?: string): Component => ({
	name,
	git: undefined,
	revision: undefined,
	folder: name,
	path: '.',
	ecosystem: undefined,
	package: true,
	publish: true,
	place: {file: 'occo.yaml', line: 1},
	read: {
		ecosystem: python === undefined ? 'npm' : 'python',
		name: python ?? `@acme/${name}`,
		version: '1.0.0',
		private: false,
		bin: [],
		builds: false,
		manifests: [
			{
				role: 'abstract',
				file: `${name}/package.json`,
				requirements: Object.entries(needs).map(([needed, kind], index) => ({
					name: needed,
					constraint: '',
					kind,
					place: {file: `${name}/package.json`, line: index + 1, column: 1},
				})),
			},
		],
	},
});

const team = [
	component('util'),
	component('api', {'@acme/util': 'run', '@acme/tool': 'test', left: 'run'}),
	component('web', {'@acme/api': 'peer', '@acme/tool': 'build'}),
	component('tool', {'@acme/util': 'optional'}),
];

test('edges are the needs between siblings, with the line that says so; test needs only on request', t => {
	t.deepEqual(
		edges(team).map(({from, to, role, file, line}) => `${from} ${to} ${role} ${file}:${line}`),
		[
			'api util run api/package.json:1',
			'tool util optional tool/package.json:1',
			'web api peer web/package.json:1',
			'web tool build web/package.json:2',
		],
	);
	t.is(edges(team, [...orderKinds, 'test']).length, 5);
	t.deepEqual(edges([...team].reverse()), edges(team));
});

test('Python names compare by PEP 503, and an npm package of the same name is another one', t => {
	const mixed = [
		component('util', {}, 'Acme_Util'),
		component('api', {'acme.UTIL': 'run'}, 'api'),
		component('js', {'acme-util': 'run'}),
	];
	t.deepEqual(
		edges(mixed).map(({from, to}) => [from, to]),
		[['api', 'util']],
	);
});

test('up to and above follow the edges, above to a depth', t => {
	const links = edges(team);
	t.deepEqual([...upTo(['web'], links)].sort(), ['api', 'tool', 'util', 'web']);
	t.deepEqual([...above(['util'], links)].sort(), ['api', 'tool', 'util', 'web']);
	t.deepEqual([...above(['util'], links, 1)].sort(), ['api', 'tool', 'util']);
});

test('a closure holds what an install needs, in build order, without what only builds need', t => {
	t.deepEqual(
		closure(team, 'web').map(({name}) => name),
		['util', 'api'],
	);
});

test('two components that make one package are a finding, the same for any order of the input', t => {
	const twice = [component('a', {}, 'Acme.Util'), component('b', {}, 'acme-util')];
	for (const input of [twice, [...twice].reverse()]) {
		const found = rules.flatMap(rule => [...rule.check(input, {satisfies: () => true})]);
		t.deepEqual(
			found.map(({rule, component: name}) => [rule, name]),
			[['G05', 'b']],
		);
	}
});
