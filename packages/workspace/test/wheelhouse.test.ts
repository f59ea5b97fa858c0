import {execFile} from 'node:child_process';
import {readFile, rm, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {WheelhouseIndex} from '@occo/model';
import test from 'ava';
import {verify} from '../src/verify.ts';
import {writeBundle} from '../src/wheelhouse/bundle.ts';
import {uuid5} from '../src/wheelhouse/digest.ts';
import {parseIndex} from '../src/wheelhouse/index-file.ts';
import {openWheelhouse} from '../src/wheelhouse/open.ts';
import {readWheelhouse} from '../src/wheelhouse/read.ts';
import {entry, temporaryHost, wheelhouse} from './wheelhouse-maker.ts';

const run = promisify(execFile);

test('a wheelhouse holds its support files, and its checksums are those of sha256sum', async t => {
	const {host, folder} = await temporaryHost();
	const home = join(folder, 'wh');
	await wheelhouse(host, home, {'pnpm-lock.yaml': 'lock\n'});
	const index = await readWheelhouse(host, home);
	t.deepEqual(
		(await host.files.walk(home)).filter(file => !file.startsWith('npm/')),
		[
			'LICENSES.md',
			'SHA256SUMS',
			'locks/pnpm-lock.yaml',
			'provenance.json',
			'sbom.cdx.json',
			'wheelhouse.json',
		],
	);
	t.is(index.artifacts.length, 8);
	t.is(index.artifacts[0]?.file, 'npm/@acme+util-1.0.3.tgz');
	await t.notThrowsAsync(run('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], {cwd: home}));
	const provenance = JSON.parse(await readFile(join(home, 'provenance.json'), 'utf8'));
	t.deepEqual(
		provenance.subject.map((subject: {name: string}) => subject.name),
		['npm/@acme+util-1.0.3.tgz', 'npm/top-1.2.0.tgz'],
	);
});

test('artifacts are hard links of the cache, and a second wheelhouse replaces the first at once', async t => {
	const {host, folder} = await temporaryHost();
	const home = join(folder, 'wh');
	await wheelhouse(host, home);
	await writeFile(join(home, 'stale'), '');
	await wheelhouse(host, home);
	t.false(await host.files.exists(join(home, 'stale')));
	const [here, cached] = await Promise.all([
		host.files.stat(join(home, 'npm/top-1.2.0.tgz')),
		host.files.stat(join(host.folders.cache, 'files/top-1.2.0.tgz')),
	]);
	t.is(here?.identity, cached?.identity);
});

test('the bill of materials names every artifact with hashes, licence and graph, and is deterministic', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	const text = await readFile(join(folder, 'wh/sbom.cdx.json'), 'utf8');
	const bom = JSON.parse(text);
	t.is(bom.specVersion, '1.6');
	t.is(bom.components.length + 1, 8);
	t.is(bom.metadata.component.purl, 'pkg:npm/top@1.2.0');
	t.is(bom.metadata.timestamp, '2023-11-14T22:13:20.000Z');
	const util = bom.components.find((one: {name: string}) => one.name === 'util');
	t.like(util, {group: '@acme', purl: 'pkg:npm/%40acme/util@1.0.3', licenses: [{expression: 'MIT'}]});
	t.deepEqual(bom.dependencies.find(({ref}: {ref: string}) => ref === util['bom-ref']).dependsOn, [
		'pkg:npm/binary-here@1.0.0',
		'pkg:npm/binary-there@1.0.0',
		'pkg:npm/leaf@1.0.9',
	]);
	const {bomFormat: _, specVersion: __, serialNumber, ...body} = bom;
	t.is(serialNumber, `urn:uuid:${uuid5(JSON.stringify(body))}`);
	t.is(uuid5('https://www.example.com/'), uuid5('https://www.example.com/'));
	const {Spec, Validation} = await import('@cyclonedx/cyclonedx-library');
	t.is(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text), null);
	await wheelhouse(host, join(folder, 'again'));
	t.is(await readFile(join(folder, 'again/sbom.cdx.json'), 'utf8'), text);
});

test('a version 5 UUID is that of the standard', t => {
	// RFC 9562, appendix A.4 has the DNS name space; this one is Python's uuid5(NAMESPACE_URL, 'http://python.org/').
	t.is(uuid5('http://python.org/'), '4c565f0d-3f5a-5890-b41b-20cf47701c5e');
});

const maker = `
import {temporaryHost, wheelhouse} from ${JSON.stringify(new URL('./wheelhouse-maker.ts', import.meta.url).href)};
import {writeBundle} from ${JSON.stringify(new URL('../src/wheelhouse/bundle.ts', import.meta.url).href)};
const {host, folder} = await temporaryHost();
await wheelhouse(host, folder + '/elsewhere', {'pnpm-lock.yaml': 'lock'});
await writeBundle(host, folder + '/elsewhere', process.argv[1]);
`;

test('a bundle has the same bytes from another folder, umask and time zone, and GNU tar reads it', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'), {'pnpm-lock.yaml': 'lock'});
	const size = await writeBundle(host, join(folder, 'wh'), join(folder, 'a.tar'));
	const here = await readFile(join(folder, 'a.tar'));
	t.is(size, here.length);
	const node = `umask 077; exec "$0" --conditions=@occo/source --input-type=module --eval "$1" -- "$2"`;
	await run('sh', ['-c', node, process.execPath, maker, join(folder, 'b.tar')], {
		env: {...process.env, TZ: 'Pacific/Chatham', NODE_OPTIONS: ''},
	});
	t.true(here.equals(await readFile(join(folder, 'b.tar'))));
	const {stdout} = await run('tar', ['-tvf', join(folder, 'a.tar'), '--numeric-owner', '--utc']);
	const lines = stdout.trim().split('\n');
	t.true(
		lines.every(line => /^-rw-r--r-- 0\/0 .* 2023-11-14 22:13 wheelhouse\//.test(line)),
		stdout,
	);
	t.regex(lines.at(-1) ?? '', /wheelhouse\/wheelhouse\.json$/);
	await run('tar', ['-xf', join(folder, 'a.tar'), '-C', await host.files.temporaryFolder('x', folder)]);
});

test('an opened bundle is the wheelhouse, and is gone after closing', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	await writeBundle(host, join(folder, 'wh'), join(folder, 'b.tar'));
	const open = await openWheelhouse(host, join(folder, 'b.tar'));
	t.deepEqual(open.index, await readWheelhouse(host, join(folder, 'wh')));
	t.deepEqual(await host.files.walk(open.folder), await host.files.walk(join(folder, 'wh')));
	await open.close();
	t.false(await host.files.exists(open.folder));
	const answer = await verify(host, [], {place: 'b.tar'});
	t.deepEqual(answer, {ok: true, levels: ['hashes'], checked: 12, problems: []});
});

test('an artifact whose name is too long for a plain tar header survives the bundle', async t => {
	const {host, folder} = await temporaryHost();
	const name = `@${'s'.repeat(90)}/${'n'.repeat(100)}`;
	await wheelhouse(host, join(folder, 'wh'), {}, [
		{manifest: {name: 'top', version: '1.2.0'}, role: 'component'},
		{manifest: {name, version: '1.0.0'}, neededBy: ['top@1.2.0']},
	]);
	await writeBundle(host, join(folder, 'wh'), join(folder, 'b.tar'));
	t.true((await verify(host, [], {place: 'b.tar'})).ok);
});

const end = Buffer.alloc(1024);
const good = entry('wheelhouse/a', Buffer.from('a'));

const hostile: readonly [title: string, blocks: readonly Buffer[], message: RegExp][] = [
	[
		'a path that leaves the folder',
		entry('wheelhouse/../../evil', Buffer.from('x')),
		/`wheelhouse\/\.\.\/\.\.\/evil` does not lie/,
	],
	['an absolute path', entry('/tmp/occo-evil', Buffer.from('x')), /`\/tmp\/occo-evil` does not lie/],
	['a file outside the wheelhouse', entry('other/file', Buffer.from('x')), /`other\/file` does not lie/],
	['a backslash path', entry('wheelhouse/..\\evil', Buffer.from('x')), /does not lie/],
	[
		'a symbolic link',
		entry('wheelhouse/npm', Buffer.alloc(0), '2', '/etc'),
		/`wheelhouse\/npm` is a symlink/,
	],
	[
		'a hard link',
		entry('wheelhouse/npm', Buffer.alloc(0), '1', '/etc/passwd'),
		/`wheelhouse\/npm` is a link/,
	],
	['a device', entry('wheelhouse/npm', Buffer.alloc(0), '3'), /is a character-device/],
	['a file that is there twice', [...good, ...good], /`wheelhouse\/a` is there twice/],
	[
		'an entry that claims four gigabytes',
		entry('wheelhouse/a', Buffer.from('x'), '0', '', 2 ** 32),
		/claims 4294967296 bytes, more than the bundle has left/,
	],
	['nothing at all', [], /is no bundle/],
	['no index', good, /has no `wheelhouse\.json`/],
];

for (const [title, blocks, message] of hostile) {
	test(`a bundle with ${title} is refused, naming it, and nothing of it stays`, async t => {
		const {host, folder} = await temporaryHost();
		const temporary = join(folder, 'tmp');
		const confined = {
			...host,
			files: {
				...host.files,
				temporaryFolder: (prefix: string) => host.files.temporaryFolder(prefix, temporary),
			},
		};
		await writeFile(join(folder, 'b.tar'), Buffer.concat([...blocks, end]));
		const {ok, problems} = await verify(confined, [], {place: 'b.tar'});
		t.false(ok);
		t.regex(problems[0]?.message ?? '', message);
		t.deepEqual(await host.files.list(temporary), []);
	});
}

test('a bundle that was cut off anywhere does not verify', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	const size = await writeBundle(host, join(folder, 'wh'), join(folder, 'b.tar'));
	for (const length of [0, 100, 512, 700, 1024, Math.floor(size / 2), size - 1024 - 600]) {
		await rm(join(folder, 'b.tar'));
		await writeBundle(host, join(folder, 'wh'), join(folder, 'b.tar'));
		await truncate(join(folder, 'b.tar'), length);
		const {ok, problems} = await verify(host, [], {place: 'b.tar'});
		t.false(ok, `cut off at ${length}`);
		t.is(problems.length, 1);
	}
});

test('a compressed or foreign file is no bundle', async t => {
	const {host, folder} = await temporaryHost();
	await writeFile(join(folder, 'b.tar'), Buffer.from('1f8b0800'.repeat(300), 'hex'));
	const {problems} = await verify(host, [], {place: 'b.tar'});
	t.is(problems[0]?.code, 'bundle');
});

type Change = (
	index: Record<string, never> & {artifacts: Record<string, unknown>[]; files: Record<string, unknown>[]},
) => void;

const wrongIndexes: readonly [change: Change, message: RegExp][] = [
	[index => set(index.artifacts[0], 'file', '../evil.tgz'), /`\.\.\/evil\.tgz` is not a file inside/],
	[index => set(index.artifacts[0], 'file', '/etc/passwd'), /`\/etc\/passwd` is not a file inside/],
	[index => set(index.artifacts[0], 'file', 'npm//x.tgz'), /is not a file inside/],
	[index => set(index.artifacts[0], 'file', 'C:\\x.tgz'), /is not a file inside/],
	[index => set(index.artifacts[0], 'file', index.artifacts[1]?.file), /is listed twice/],
	[index => set(index.artifacts[0], 'file', 'sbom.cdx.json'), /listed twice|not in `npm\/`/],
	[index => set(index.files[0], 'file', 'wheelhouse.json'), /is listed twice/],
	[index => set(index.artifacts[2], 'size', '12'), /`artifacts\[2\]\.size` is not a count/],
	[index => set(index.artifacts[2], 'size', -1), /`artifacts\[2\]\.size`/],
	[index => set(index.artifacts[2], 'sha512', 'abc'), /`artifacts\[2\]\.sha512`/],
	[index => set(index.artifacts[2], 'name', '../x'), /`artifacts\[2\]\.name`/],
	[index => set(index.artifacts[2], 'name', '--registry'), /`artifacts\[2\]\.name`/],
	[index => set(index.artifacts[2], 'version', '1 --x'), /`artifacts\[2\]\.version`/],
	[index => set(index.artifacts[2], 'role', 'root'), /`artifacts\[2\]\.role` is not one of/],
	[index => set(index.artifacts[2], 'neededBy', 'top'), /`artifacts\[2\]\.neededBy`/],
	[index => set(index, 'artifacts', {}), /`artifacts` is not a list/],
	[index => set(index, 'schema', 'occo/wheelhouse@2'), /`schema` is not one of occo\/wheelhouse@1/],
	[index => set(index, 'package', 'other'), /component `other@1\.2\.0`/],
	[index => set(index, 'package', '__proto__/x'), /`package`/],
	[index => set(index, 'commitTime', 1.5), /`commitTime`/],
];

function set(target: object | undefined, key: string, value: unknown): void {
	Object.assign(target ?? {}, {[key]: value});
}

test('an index with a wrong entry is refused, naming the entry', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	const text = await readFile(join(folder, 'wh/wheelhouse.json'), 'utf8');
	const index: WheelhouseIndex = parseIndex(text);
	t.deepEqual(index, JSON.parse(text));
	for (const [change, message] of wrongIndexes) {
		const copy = JSON.parse(text);
		change(copy);
		const error = t.throws(() => parseIndex(JSON.stringify(copy)), {message}, String(change));
		t.is((error as {code?: string} | undefined)?.code, 'OCCO_WHEELHOUSE_INDEX');
	}
	for (const broken of ['', '[]', 'null', '{}', '{"schema":"occo/wheelhouse@1"}'])
		t.throws(() => parseIndex(broken));
});
