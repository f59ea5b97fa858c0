// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the references of the workspace file look like this

import test from 'ava';
import fc from 'fast-check';
import {
	checkLayer,
	expandComponents,
	interpolate,
	isOccoError,
	jsonSchema,
	lookUp,
	overlay,
	plainValue,
	type Section,
	type Setting,
} from '../src/index.ts';

const origin = {layer: 'workspace', place: {file: 'occo.yaml', line: 1, column: 1}};

function setting(value: unknown): Setting {
	if (Array.isArray(value)) return {type: 'list', items: value.map(setting), origin};
	if (typeof value === 'object' && value !== null) {
		return {
			type: 'section',
			entries: new Map(Object.entries(value).map(([key, one]) => [key, setting(one)])),
			origin,
		};
	}
	return {type: 'scalar', value: value === null ? null : String(value), origin};
}

const section = (value: object): Section => setting(value) as Section;
const plain = (value: Setting): unknown => JSON.parse(JSON.stringify(plainValue(value)));

test('sections merge, other values replace, `+` appends and `-` removes', t => {
	const base = section({a: {x: 1, y: 2}, list: ['p', 'q'], gone: 1, more: {k: 1, l: 2}, bare: 'kept'});
	const over = section({a: {y: 3}, 'list+': ['r'], 'gone-': null, 'more-': ['k'], bare: null});
	t.deepEqual(plain(overlay(base, over)), {
		a: {x: '1', y: '3'},
		list: ['p', 'q', 'r'],
		more: {l: '2'},
		bare: 'kept',
	});
	t.deepEqual(plain(overlay(base, section({'list-': ['p'], list: ['z']}))), {
		...(plain(base) as object),
		list: ['z'],
	});
});

test('`*` is the base of all components and `like` copies one', t => {
	const expanded = expandComponents(
		section({
			'*': {git: 'g', branch: 'devel'},
			util: {branch: 'main'},
			api: {like: 'util', folder: 'f'},
			docs: null,
		}),
	);
	t.deepEqual(plain(expanded), {
		util: {git: 'g', branch: 'main'},
		api: {git: 'g', branch: 'main', folder: 'f'},
		docs: {git: 'g', branch: 'devel'},
	});
});

test('a `like` that leads nowhere or in a circle is an error with its place', t => {
	for (const components of [{a: {like: 'b'}}, {a: {like: 'b'}, b: {like: 'a'}}]) {
		const error = t.throws(() => expandComponents(section(components)));
		t.true(isOccoError(error) && error.place?.file === 'occo.yaml');
	}
});

test('references are replaced from the root and from the own section', t => {
	const root = section({
		host: 'h',
		components: {util: {git: 'https://${host}/${.name}.git', folder: 'x-${.git}'}},
		lit: '$${a}',
	});
	t.deepEqual(plain(interpolate(root)), {
		host: 'h',
		components: {util: {git: 'https://h/util.git', folder: 'x-https://h/util.git'}},
		lit: '${a}',
	});
});

for (const wrong of [
	{a: '${a}'},
	{a: '${b}', b: '${a}'},
	{a: '${nope}'},
	{a: '${open'},
	{a: {b: '${.c.d}'}},
]) {
	test(`a wrong reference is an error with its place: ${JSON.stringify(wrong)}`, t => {
		const error = t.throws(() => interpolate(section(wrong)));
		t.true(isOccoError(error) && error.place?.line === 1);
	});
}

test('names of the language itself are names like any other', t => {
	const components = section(
		JSON.parse('{"__proto__": {"branch": "x"}, "constructor": {"like": "__proto__"}}'),
	);
	const expanded = expandComponents(components);
	t.deepEqual([...expanded.entries.keys()], ['__proto__', 'constructor']);
	t.is((lookUp(expanded, ['constructor', 'branch']) as {value?: string}).value, 'x');
	t.is(({} as Record<string, unknown>).branch, undefined);
});

for (const [wrong, says] of [
	[{componets: {}}, /unknown key `componets`/],
	[{components: {util: {brnach: 'x'}}}, /unknown key `components.util.brnach`/],
	[{components: ['util']}, /must be a map/],
	[{components: {util: {package: 'maybe'}}}, /not one of true, false/],
	[{components: {util: {git: ['x']}}}, /must be a text/],
	[{protocols: ['htps']}, /not one of https/],
	[{registry: {nmp: 'x'}}, /unknown key `registry.nmp`/],
	[{constructor: 'x'}, /unknown key `constructor`/],
] as const) {
	test(`refuses ${JSON.stringify(wrong)}`, t => {
		const error = t.throws(() => checkLayer(section(wrong)), {message: says});
		t.true(isOccoError(error) && error.kind === 'usage' && error.place?.file === 'occo.yaml');
	});
}

test('an unknown key comes with the nearest known one', t => {
	const error = t.throws(() => checkLayer(section({componets: {}})));
	t.is(isOccoError(error) ? error.hint : '', 'did you mean `components`?');
});

test('laying nothing, or the same again, over a section changes nothing', t => {
	const value = fc.letrec(tie => ({
		any: fc.oneof({maxDepth: 3}, fc.string(), fc.array(fc.string()), tie('map')),
		map: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any')),
	})).map;
	fc.assert(
		fc.property(value, any => {
			const one = section(any as object);
			t.deepEqual(plain(overlay(one, section({}))), plain(one));
			t.deepEqual(plain(overlay(one, one)), plain(one));
		}),
	);
});

test('the JSON Schema knows every key', t => {
	const text = JSON.stringify(jsonSchema());
	for (const key of ['extends', 'protocols', 'components', 'like', 'registry', 'targets'])
		t.true(text.includes(`"${key}"`));
});
