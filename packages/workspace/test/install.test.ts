import {execFile} from 'node:child_process';
import {appendFile, mkdir, readdir, readFile, readlink, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {ecosystems} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import test from 'ava';
import {serveArtifacts} from '../../ecosystems/src/npm/loopback.ts';
import {pnpmProgram} from '../../ecosystems/src/npm/pnpm-program.ts';
import {install} from '../src/install.ts';
import {verify} from '../src/verify.ts';
import {closure, type Made, placed, temporaryHost, wheelhouse} from './wheelhouse-maker.ts';

/** Locks as the real clients write them against the closure. */
async function locks(host: Host, packages: readonly Made[] = closure): Promise<Record<string, string>> {
	const folder = await host.files.temporaryFolder('occo-lock-');
	const registry = await serveArtifacts(host, await placed(join(folder, 'files'), packages));
	const project = join(folder, 'project');
	await mkdir(project);
	await writeFile(join(project, 'package.json'), '{"private":true,"dependencies":{"top":"1.2.0"}}');
	const flags = ['--ignore-scripts', `--registry=${registry.url}`];
	const pnpm = [
		'install',
		'--lockfile-only',
		`--store-dir=${folder}/store`,
		`--config.cache-dir=${folder}/cache`,
	];
	const made = [
		await host.run({program: pnpmProgram(host), arguments: [...pnpm, ...flags], cwd: project}),
		await host.run({
			program: 'npm',
			arguments: [
				'install',
				'--package-lock-only',
				'--omit-lockfile-registry-resolved',
				`--cache=${folder}/npm`,
				...flags,
			],
			cwd: project,
		}),
	];
	if (made.some(({code}) => code !== 0)) throw new Error(JSON.stringify(made));
	await registry.close();
	const texts = {
		'pnpm-lock.yaml': await readFile(join(project, 'pnpm-lock.yaml'), 'utf8'),
		'package-lock.json': await readFile(join(project, 'package-lock.json'), 'utf8'),
	};
	await rm(folder, {recursive: true});
	return texts;
}

const run = promisify(execFile);

/** Runs an installed command from another folder, in a network name space of its own where that is permitted. */
async function output(command: string): Promise<string> {
	const closed = await run('unshare', ['-n', 'true']).then(
		() => true,
		() => false,
	);
	const argv = closed ? ['unshare', '-n', command] : [command];
	return (await run(argv[0] ?? '', [...argv.slice(1), 'a', 'b'], {cwd: '/'})).stdout;
}

/** Everything in a tree that names a registry or the loopback address. */
async function mentions(folder: string): Promise<string> {
	const found = await run('grep', ['-rIlE', '127\\.0\\.0\\.1|localhost|registry', folder]).catch(
		error => error,
	);
	return found.stdout;
}

for (const client of ['pnpm', 'npm']) {
	for (const locked of [true, false]) {
		test(`${client} installs ${locked ? 'from its lock' : 'without a lock'} and leaves nothing behind but a working command`, async t => {
			const {host, folder} = await temporaryHost();
			await wheelhouse(host, join(folder, 'wh'), locked ? await locks(host) : {});
			const answer = await install(host, ecosystems, {place: 'wh', into: 'out', client});
			const into = join(folder, 'out');
			t.is(answer.into, into);
			t.deepEqual(answer.bin, ['top']);
			t.true(answer.client.startsWith(`${client} `));
			t.is(await output(join(into, 'bin', 'top')), 'top util-leaf10-here plugin-framework-leaf11 a,b\n');
			t.is(await mentions(into), '');
			t.deepEqual((await readdir(into)).sort(), [
				'.occo-install.json',
				'bin',
				'node_modules',
				'package.json',
			]);
			t.deepEqual(
				answer.installed.map(({name, version}) => `${name}@${version}`),
				[
					'@acme/util@1.0.3',
					'binary-here@1.0.0',
					'framework@3.0.0',
					'leaf@1.0.9',
					'leaf@1.1.0',
					'plugin@2.0.0',
					'top@1.2.0',
				],
			);
			t.true((await verify(host, ecosystems, {place: 'wh'})).ok);
			t.true((await readdir(folder)).every(name => !name.startsWith('.occo')));
			t.regex(answer.notes.join(), /framework@3\.0\.0/);
			t.false((await host.files.walk(into)).some(file => file.endsWith('/ran')));
		});
	}
	test(`${client} runs install scripts when they are allowed`, async t => {
		const {host, folder} = await temporaryHost();
		await wheelhouse(host, join(folder, 'wh'), await locks(host));
		const answer = await install(host, ecosystems, {place: 'wh', into: 'out', client, scripts: true});
		t.deepEqual(answer.notes, []);
		t.true((await host.files.walk(join(folder, 'out'))).some(file => file.endsWith('framework/ran')));
	});
}

test('a moved install still works, and commands are relative links', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'), await locks(host));
	await install(host, ecosystems, {place: 'wh', into: 'out'});
	await host.files.rename(join(folder, 'out'), join(folder, 'moved here'));
	t.is(
		await output(join(folder, 'moved here/bin/top')),
		'top util-leaf10-here plugin-framework-leaf11 a,b\n',
	);
	t.is(await readlink(join(folder, 'moved here/bin/top')), '../node_modules/.bin/top');
});

test('an own install is replaced, and a folder of the user is refused and kept', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'), await locks(host));
	await install(host, ecosystems, {place: 'wh', into: 'out'});
	await writeFile(join(folder, 'out/left-over'), '');
	await install(host, ecosystems, {place: 'wh', into: 'out'});
	t.false((await readdir(join(folder, 'out'))).includes('left-over'));
	await mkdir(join(folder, 'mine'));
	await writeFile(join(folder, 'mine/file'), 'precious');
	const error = await t.throwsAsync(install(host, ecosystems, {place: 'wh', into: 'mine'}));
	t.is((error as {code?: string}).code, 'OCCO_INSTALL_EXISTS');
	t.deepEqual(await readdir(join(folder, 'mine')), ['file']);
});

test('an altered wheelhouse is refused before any client starts, naming the file', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'), await locks(host));
	await rm(join(folder, 'wh/npm/leaf-1.1.0.tgz'));
	await writeFile(join(folder, 'wh/npm/leaf-1.1.0.tgz'), 'evil');
	const error = await t.throwsAsync(install(host, ecosystems, {place: 'wh', into: 'out'}), {
		message: /leaf-1\.1\.0/,
	});
	t.is((error as {code?: string}).code, 'OCCO_VERIFY');
	t.false(await host.files.exists(join(folder, 'out')));
});

test('a wheelhouse for other targets says so, naming both', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	const other: Host = {...host, platform: {os: 'darwin', cpu: 'arm64', libc: undefined}};
	await t.throwsAsync(install(other, ecosystems, {place: 'wh', into: 'out'}), {
		message: /`win32 x64`, this machine is `darwin arm64`/,
	});
});

test('an unknown client, place or component is refused with the next step', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	await t.throwsAsync(install(host, ecosystems, {place: 'wh', into: 'out', client: 'pip'}), {
		message: /`pip` is no client/,
	});
	await t.throwsAsync(install(host, ecosystems, {place: 'nowhere', into: 'out'}), {
		message: /`nowhere` is no folder/,
	});
	await writeFile(
		join(folder, 'occo.yaml'),
		'components:\n  compiler: {git: "https://git.example.org/compiler.git"}\n',
	);
	const near = await t.throwsAsync(install(host, ecosystems, {place: 'compilr', into: 'out'}));
	t.is((near as {hint?: string}).hint, 'did you mean `compiler`?');
	const early = await t.throwsAsync(install(host, ecosystems, {place: 'compiler', into: 'out'}));
	t.regex((early as {hint?: string}).hint ?? '', /occo package compiler/);
});

test('verify proves the closure by resolving again, and that every client installs and loads it', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'), await locks(host));
	const answer = await verify(host, ecosystems, {place: 'wh', closure: true, install: true});
	t.deepEqual(answer, {ok: true, levels: ['hashes', 'closure', 'install'], checked: 14, problems: []});
});

test('a closure that lacks a package that is needed is named by verify', async t => {
	const {host, folder} = await temporaryHost();
	const lacking = closure.filter(({manifest}) => manifest.name !== 'framework');
	await wheelhouse(host, join(folder, 'wh'), await locks(host), lacking);
	const answer = await verify(host, ecosystems, {place: 'wh', closure: true});
	t.false(answer.ok);
	t.regex(
		answer.problems.map(({message}) => message).join('\n'),
		/`framework` is needed and not in the wheelhouse/,
	);
});

test('a platform binary that the wheelhouse lost is named by verify', async t => {
	const {host, folder} = await temporaryHost();
	const lacking = closure.filter(({manifest}) => manifest.name !== 'binary-there');
	await wheelhouse(host, join(folder, 'wh'), await locks(host), lacking);
	const answer = await verify(host, ecosystems, {place: 'wh', closure: true});
	t.regex(answer.problems.map(({message}) => message).join('\n'), /binary-there/);
});

test('a component that fails when it is loaded does not verify', async t => {
	const {host, folder} = await temporaryHost();
	const broken = closure.map(made =>
		made.manifest.name === 'plugin'
			? {...made, files: {'index.js': "throw new Error('broken plugin')"}}
			: made,
	);
	await wheelhouse(host, join(folder, 'wh'), {}, broken);
	const answer = await verify(host, ecosystems, {place: 'wh', install: true});
	t.false(answer.ok);
	t.regex(answer.problems[0]?.message ?? '', /pnpm: Error: broken plugin/);
});

test('tampering with a folder is named file by file', async t => {
	const {host, folder} = await temporaryHost();
	const cases: [code: string, file: string, change: (path: string) => Promise<unknown>][] = [
		['altered', 'npm/leaf-1.1.0.tgz', path => flip(path)],
		['missing', 'npm/plugin-2.0.0.tgz', path => rm(path)],
		['extra', 'npm/more.tgz', path => writeFile(path, 'more')],
		['size', 'SHA256SUMS', path => appendFile(path, '\n')],
		['link', 'npm/top-1.2.0.tgz', path => rm(path).then(() => symlink('leaf-1.0.9.tgz', path))],
		[
			'size',
			'npm/leaf-1.0.9.tgz',
			async path => {
				const other = await readFile(join(folder, 'link/npm/plugin-2.0.0.tgz'));
				await rm(path);
				await writeFile(path, other);
			},
		],
		['index', 'wheelhouse.json', path => writeFile(path, '{')],
	];
	await wheelhouse(host, join(folder, 'link'));
	for (const [code, file, change] of cases) {
		await wheelhouse(host, join(folder, 'wh'));
		await change(join(folder, 'wh', file));
		const {ok, problems} = await verify(host, ecosystems, {place: 'wh'});
		t.false(ok);
		t.deepEqual(
			problems.map(problem => [problem.code, problem.file]),
			[[code, file]],
		);
		t.regex(problems[0]?.message ?? '', new RegExp(file.replaceAll('.', '\\.')));
	}
});

/** Changes one bit in the middle; the file is copied first because wheelhouses share contents by hard links. */
async function flip(path: string): Promise<void> {
	const bytes = await readFile(path);
	bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
	await rm(path);
	await writeFile(path, bytes);
}

test('verify --install says so when the wheelhouse is for other machines', async t => {
	const {host, folder} = await temporaryHost();
	await wheelhouse(host, join(folder, 'wh'));
	const other: Host = {...host, platform: {os: 'darwin', cpu: 'arm64', libc: undefined}};
	await t.throwsAsync(verify(other, ecosystems, {place: 'wh', install: true}), {message: /`darwin arm64`/});
});

test('settings and places of a lock that anybody wrote are not taken over', async t => {
	const {host, folder} = await temporaryHost();
	const {'pnpm-lock.yaml': lock = '', 'package-lock.json': npmLock = ''} = await locks(host);
	const hostile = lock.replace(
		'settings:',
		'settings:\n  dangerouslyAllowAllBuilds: true\n  registry: http://127.0.0.1:1/',
	);
	const linked = JSON.parse(npmLock);
	linked.packages['node_modules/evil'] = {resolved: '/etc', link: true};
	await wheelhouse(host, join(folder, 'wh'), {
		'pnpm-lock.yaml': hostile,
		'package-lock.json': JSON.stringify(linked),
	});
	for (const client of ['pnpm', 'npm']) {
		await install(host, ecosystems, {place: 'wh', into: 'out', client});
		const files = await host.files.walk(join(folder, 'out'));
		t.false(files.some(file => file.endsWith('/ran') || file.endsWith('node_modules/evil')));
	}
});

test('npm honours the pins of the wheelhouse also when it resolves again', async t => {
	const {host, folder} = await temporaryHost();
	const {'pnpm-lock.yaml': lock = ''} = await locks(host);
	// The component asks for leaf ~1.0.0 through @acme/util; the pin says otherwise, and only that version is there.
	const packages = closure.filter(({manifest}) => manifest.name !== 'leaf' || manifest.version === '1.1.0');
	const pinned = lock.replace('importers:', "overrides:\n  '@acme/util>leaf': 1.1.0\n\nimporters:");
	await wheelhouse(host, join(folder, 'wh'), {'pnpm-lock.yaml': pinned}, packages);
	await install(host, ecosystems, {place: 'wh', into: 'out', client: 'npm'});
	t.is(await output(join(folder, 'out/bin/top')), 'top util-leaf11-here plugin-framework-leaf11 a,b\n');
});
