import {join} from 'node:path';
import {Readable} from 'node:stream';
import {gzipSync} from 'node:zlib';
import {isOccoError} from '@occo/model';
import {type TarLiteral, tarBytes, temporaryFolder} from '@occo/testkit';
import test, {type ExecutionContext} from 'ava';
import {extractTar, gunzipped, nodeHost, writeTar} from '../src/index.ts';

const {files} = nodeHost({cwd: process.cwd(), env: process.env});
const stream = (bytes: Uint8Array): Readable => Readable.from([bytes]);

/** Unpacks into `inside/` of a temporary folder and answers why it was refused, and what lies outside. */
async function refusal(t: ExecutionContext, bytes: Uint8Array, limits = {}): Promise<string> {
	const folder = await temporaryFolder(t);
	await files.write(join(folder, 'victim'), 'untouched');
	const error = await t.throwsAsync(extractTar(files, stream(bytes), join(folder, 'inside'), limits));
	t.true(isOccoError(error) && error.code === 'OCCO_ARCHIVE', `${error?.stack}`);
	t.is(await files.readText(join(folder, 'victim')), 'untouched');
	t.deepEqual(await files.list(folder), ['inside', 'victim']);
	return error?.message ?? '';
}

test('unpacks files, folders and links that stay inside, with modes 644 and 755', async t => {
	const folder = await temporaryFolder(t);
	const written = await extractTar(
		files,
		stream(
			tarBytes([
				{name: './', type: '5', mode: 0o700},
				{name: './lib/', type: '5', mode: 0o777},
				{name: 'lib/a', content: 'A', mode: 0o6600},
				{name: 'bin/run', content: '#!', mode: 0o700},
				{name: 'bin/alias', type: '2', target: '../lib/a'},
			]),
		),
		folder,
	);
	t.deepEqual(written, ['lib/a', 'bin/run', 'bin/alias']);
	t.is(await files.readText(join(folder, 'bin/alias')), 'A');
	t.is((await files.stat(join(folder, 'lib/a')))?.mode, 0o644);
	t.is((await files.stat(join(folder, 'bin/run')))?.mode, 0o755);
});

const hostile: Record<string, [TarLiteral[], RegExp]> = {
	'a name that climbs out': [[{name: '../victim', content: 'x'}], /`\.\.\/victim` leads out/],
	'a name that climbs out later': [[{name: 'a/../../victim', content: 'x'}], /leads out/],
	'an absolute name': [[{name: '/tmp/occo-victim', content: 'x'}], /leads out/],
	'a drive': [[{name: 'c:/x', content: 'x'}], /leads out/],
	'a backslash': [[{name: '..\\victim', content: 'x'}], /character/],
	'a control character': [[{name: 'a\u001b[2Jb', content: 'x'}], /^[\u0020-\u007e]+$/],
	'no name': [[{name: './', content: 'x'}], /has no name/],
	'a folder that climbs out': [[{name: '../out/', type: '5'}], /leads out/],
	'a link that climbs out': [
		[{name: 'a', type: '2', target: '../victim'}],
		/link that leads out: `\.\.\/victim`/,
	],
	'an absolute link': [[{name: 'a', type: '2', target: '/etc/passwd'}], /link that leads out/],
	'a link through a link': [
		[
			{name: 'd/s', type: '2', target: '.'},
			{name: 'd/out', type: '2', target: 's/s/../../../victim'},
		],
		/link that leads out/,
	],
	'a file through a link': [
		[
			{name: 's', type: '2', target: 'd'},
			{name: 's/x', content: 'x'},
		],
		/lies in the link `s`/,
	],
	'a file below a file': [
		[
			{name: 'a', content: 'x'},
			{name: 'a/b', content: 'x'},
		],
		/lies in the file `a`/,
	],
	'a hard link': [[{name: 'a', type: '1', target: '../victim'}], /is a link/],
	'a device': [[{name: 'a', type: '3'}], /is a character-device/],
	'a pipe': [[{name: 'a', type: '6'}], /is a fifo/],
	'a name twice': [
		[
			{name: 'a', content: '1'},
			{name: './a', content: '2'},
		],
		/is there twice/,
	],
	'a name twice but for case': [
		[
			{name: 'README', content: '1'},
			{name: 'readme', content: '2'},
		],
		/is there twice/,
	],
	'a folder and a file of one name': [
		[
			{name: 'a/', type: '5'},
			{name: 'a', type: '2', target: 'b'},
		],
		/is there twice/,
	],
	'a size that is a lie': [[{name: 'a', content: 'x', size: 10_000}], /broken archive/],
};

for (const [what, [entries, message]] of Object.entries(hostile)) {
	test(`refuses ${what}`, async t => {
		t.regex(await refusal(t, tarBytes(entries)), message);
	});
}

test('refuses more bytes or entries than allowed before it writes them', async t => {
	const entries = [
		{name: 'a', content: 'x'.repeat(600)},
		{name: 'b', content: 'x'.repeat(600)},
	];
	t.regex(await refusal(t, tarBytes(entries), {bytes: 1000}), /`b` is too big/);
	t.regex(await refusal(t, tarBytes(entries), {entries: 1}), /more than 1 entries/);
});

test('refuses what is no tar archive or is cut off', async t => {
	t.regex(await refusal(t, Buffer.alloc(2048, 'x')), /broken archive/);
	t.regex(
		await refusal(t, tarBytes([{name: 'a', content: 'x'.repeat(3000)}]).subarray(0, 1500)),
		/broken archive/,
	);
});

test('gzip is taken off, and refused when it is none, cut off or a bomb', async t => {
	const unpacked = async (bytes: Uint8Array, limit?: number): Promise<number> => {
		let size = 0;
		for await (const chunk of gunzipped(stream(bytes), limit)) size += (chunk as Buffer).length;
		return size;
	};
	const bomb = gzipSync(Buffer.alloc(20_000_000));
	t.is(await unpacked(bomb), 20_000_000);
	await t.throwsAsync(unpacked(bomb, 1_000_000), {message: 'it unpacks to more than 1000000 bytes'});
	await t.throwsAsync(unpacked(Buffer.from('plain text')), {message: 'it is no whole gzip file'});
	await t.throwsAsync(unpacked(bomb.subarray(0, bomb.length / 2)), {message: 'it is no whole gzip file'});
});

test('a written archive has the same bytes whenever and wherever it is written', async t => {
	const write = async (): Promise<Buffer> => {
		const parts: Uint8Array[] = [];
		const named = (name: string, text: string) => ({
			name,
			size: text.length,
			open: () => stream(Buffer.from(text)),
		});
		const long = `${'long/'.repeat(40)}file`;
		for await (const part of writeTar([named('a', 'one'), named(long, 'two')], 1_700_000_000))
			parts.push(part);
		return Buffer.concat(parts);
	};
	const mask = process.umask(0o077);
	const first = await write();
	process.umask(mask);
	t.deepEqual(await write(), first);
	const folder = await temporaryFolder(t);
	t.deepEqual(await extractTar(files, stream(first), folder), ['a', `${'long/'.repeat(40)}file`]);
});

test('an archive whose source fails does not end as if it were whole', async t => {
	const broken = {
		name: 'a',
		size: 10,
		open: async function* () {
			yield Buffer.from('half');
			throw new Error('cut');
		},
	};
	const short = {name: 'a', size: 10, open: () => stream(Buffer.from('half'))};
	const drain = async (file: typeof broken | typeof short): Promise<void> => {
		for await (const _ of writeTar([file], 0));
	};
	await t.throwsAsync(drain(broken));
	await t.throwsAsync(drain(short));
});
