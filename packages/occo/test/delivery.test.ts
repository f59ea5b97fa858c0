import {execFile} from 'node:child_process';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {temporaryHost, wheelhouse} from '../../workspace/test/wheelhouse-maker.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Ran {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the command line from its sources. */
function occo(cwd: string, ...argv: string[]): Promise<Ran> {
	return new Promise(resolve => {
		const child = execFile(
			process.execPath,
			['--conditions=@occo/source', main, ...argv],
			{cwd, env: {...process.env, XDG_CACHE_HOME: join(cwd, 'cache'), NO_COLOR: '1'}},
			(_, stdout, stderr) => resolve({code: child.exitCode ?? -1, stdout, stderr}),
		);
	});
}

test('verify says yes with 0, and no with 1 naming the file, for people and as data', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	const good = await occo(folder, 'verify', 'wh');
	t.is(good.code, 0, good.stderr);
	t.is(good.stdout, 'verified: 12 files (hashes)\n');
	await rm(join(folder, 'wh/npm/leaf-1.0.9.tgz'));
	await writeFile(join(folder, 'wh/npm/other.tgz'), '');
	const bad = await occo(folder, 'verify', 'wh');
	t.is(bad.code, 1);
	t.regex(
		bad.stdout,
		/^missing {2}`npm\/leaf-1\.0\.9\.tgz` is missing\nextra {4}`npm\/other\.tgz` is not in the index\n/,
	);
	const data = await occo(folder, 'verify', 'wh', '--json');
	t.is(data.code, 1);
	t.like(JSON.parse(data.stdout), {
		schema: 'occo/verify@1',
		ok: false,
		levels: ['hashes'],
		checked: 12,
		problems: [
			{code: 'missing', file: 'npm/leaf-1.0.9.tgz'},
			{code: 'extra', file: 'npm/other.tgz'},
		],
	});
});

test('install answers what it did as data, and a refusal changes nothing', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	const done = await occo(folder, 'install', 'wh', '--into', 'out', '--json');
	t.is(done.code, 0, done.stderr);
	const answer = JSON.parse(done.stdout);
	t.like(answer, {
		schema: 'occo/install@1',
		into: join(folder, 'out'),
		package: 'top',
		version: '1.2.0',
		bin: ['top'],
	});
	t.deepEqual(answer.installed[0], {ecosystem: 'npm', name: '@acme/util', version: '1.0.3'});
	await writeFile(join(folder, 'wh/SHA256SUMS'), '');
	const refused = await occo(folder, 'install', 'wh', '--into', 'again');
	t.is(refused.code, 1);
	t.is(refused.stdout, '');
	t.regex(
		refused.stderr,
		/`SHA256SUMS` has 0 bytes, 707 expected; nothing was installed\nhint: run `occo verify wh`/,
	);
	t.false(await host.files.exists(join(folder, 'again')));
});

const wrong: readonly [argv: string[], code: number, message: RegExp][] = [
	[['verify'], 2, /which wheelhouse\?/],
	[['verify', 'a', 'b'], 2, /one wheelhouse at a time/],
	[['verify', 'nowhere'], 2, /`nowhere` is no folder, no file and no component here/],
	[['install', 'wh'], 2, /`--into` is missing/],
	[['install', 'wh', '--into', 'out', '--with', 'pip'], 2, /not one of pnpm, npm, yarn, bun/],
	[['install', 'wh', '--into', 'wh'], 2, /`.*wh` is there and is not an install of occo/],
];

for (const [argv, code, message] of wrong) {
	test(`\`occo ${argv.join(' ')}\` is refused with exit code ${code}`, async t => {
		const {host, folder} = await temporaryHost();
		await wheelhouse(host, join(folder, 'wh'));
		const ran = await occo(folder, ...argv);
		t.is(ran.code, code, ran.stderr);
		t.is(ran.stdout, '');
		t.regex(ran.stderr, message);
	});
}
