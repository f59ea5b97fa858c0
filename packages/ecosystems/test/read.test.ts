import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {nodeHost} from '@occo/host';
import {isOccoError} from '@occo/model';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {keyPositions} from '../src/npm/json-positions.ts';
import {readNpmPackage} from '../src/npm/read.ts';

async function read(t: ExecutionContext, files: Record<string, string>) {
	const folder = await mkdtemp(join(tmpdir(), 'occo-read-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	for (const [name, content] of Object.entries(files)) {
		await mkdir(dirname(join(folder, name)), {recursive: true});
		await writeFile(join(folder, name), content);
	}
	return readNpmPackage(nodeHost({cwd: folder, env: process.env}), folder, 'util');
}

test('a folder without package.json is not ours', async t => {
	t.is(await read(t, {'setup.py': ''}), undefined);
});

test('reads the three manifests by role with the place of every entry', async t => {
	const json = `{
	"name": "@orchard/util", "version": "1.10.0",
	"bin": {"b": "./b.js", "a": "./a.js"},
	"dependencies": {
		"ms": "^2.1.3",
		"alias": "npm:real@^1"
	},
	"optionalDependencies": {"fsevents": "*"},
	"peerDependencies": {"react": ">=18"},
	"devDependencies": {"typescript": "5", "here": "file:../here"}
}`;
	const found = await read(t, {
		'package.json': json,
		'pnpm-workspace.yaml': '# pins\noverrides:\n  ms: 2.1.3\n  "a>b@1": ~1.10\n',
		'test/pnpm-workspace.yaml': 'overrides:\n  "@orchard/x": "workspace:*"\n',
	});
	t.is(found?.name, '@orchard/util');
	t.deepEqual(found?.bin, ['a', 'b']);
	t.false(found?.builds);
	const [abstract, deploy, tests] = found?.manifests ?? [];
	const at = (line: number, column: number) => ({file: 'util/package.json', line, column});
	t.deepEqual(abstract?.requirements, [
		{name: 'ms', constraint: '^2.1.3', kind: 'run', place: at(5, 3)},
		{name: 'real', constraint: '^1', alias: 'alias', kind: 'run', place: at(6, 3)},
		{name: 'fsevents', constraint: '', kind: 'optional', place: at(8, 27)},
		{name: 'react', constraint: '>=18', kind: 'peer', place: at(9, 23)},
		{name: 'typescript', constraint: '5', kind: 'test', place: at(10, 22)},
		{name: 'here', constraint: '', source: 'file:../here', kind: 'test', place: at(10, 41)},
	]);
	t.deepEqual(deploy?.requirements, [
		{
			name: 'ms',
			constraint: '2.1.3',
			kind: 'run',
			place: {file: 'util/pnpm-workspace.yaml', line: 3, column: 3},
		},
		{
			name: 'b',
			constraint: '~1.10',
			kind: 'run',
			place: {file: 'util/pnpm-workspace.yaml', line: 4, column: 3},
		},
	]);
	t.is(tests?.requirements[0]?.source, 'workspace:*');
});

test('development dependencies are build requirements where there is something to build', async t => {
	const found = await read(t, {
		'package.json':
			'{"name": "a", "version": "1.0.0", "scripts": {"prepack": "tsc"}, "devDependencies": {"typescript": "5"}}',
	});
	t.true(found?.builds);
	t.is(found?.manifests[0]?.requirements[0]?.kind, 'build');
});

for (const [content, says, line] of [
	['{"name": "a",\n "version": }', /not valid JSON/, 2],
	['', /not valid JSON/, 1],
	['[]', /must be an object/, 1],
	['{"version": "1.0.0"}', /`name` is missing/, 1],
	['{"name": "a"}', /`version` is missing/, 1],
	['{"name": "a",\n\n"version": 1}', /`version` must be a text/, 3],
	['{"name": "a", "version": "1.0.0",\n"dependencies": {"x": 1}}', /`dependencies.x` must be a text/, 2],
] as const) {
	test(`a broken manifest is named with its place: ${content}`, async t => {
		const error = await t.throwsAsync(read(t, {'package.json': content}), {message: says});
		t.true(isOccoError(error) && error.place?.file === 'util/package.json' && error.place.line === line);
	});
}

test('every key of any JSON is found where it stands', t => {
	fc.assert(
		fc.property(fc.jsonValue({maxDepth: 4}), value => {
			const text = JSON.stringify(value, undefined, 1);
			for (const [path, offset] of keyPositions(text)) {
				const key = (JSON.parse(path) as string[]).at(-1) as string;
				t.true(text.startsWith(JSON.stringify(key), offset));
			}
		}),
	);
});

test('reading any bytes throws nothing but our own error', async t => {
	await fc.assert(
		fc.asyncProperty(fc.string(), fc.string(), async (json, yaml) => {
			try {
				await read(t, {'package.json': json, 'pnpm-workspace.yaml': `overrides:${yaml}`});
			} catch (error) {
				if (!isOccoError(error)) throw error;
			}
		}),
		{numRuns: 60},
	);
	t.pass();
});
