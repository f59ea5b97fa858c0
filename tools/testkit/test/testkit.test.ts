import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import test from 'ava';
import {
	fakeHost,
	gitRepository,
	integrityOf,
	npmTarball,
	npmUpstream,
	realHost,
	runGit,
	runOcco,
	staticServer,
	temporaryFolder,
	workspaceOf,
} from '../src/index.ts';

const literal = {
	files: {'package.json': '{"name":"a"}', 'bin/run': {executable: '#!/bin/sh\n'}, alias: {link: 'bin/run'}},
	commits: [{files: {'new file.txt': 'ü\n', 'bin/run': null}, message: 'Second'}],
	branches: {devel: [{files: {d: '1'}}, {files: {d: '2'}}]},
	tags: {'v1.0.0': 0, edge: 'devel'},
};

test('a repository literal becomes the same commits anywhere', async t => {
	const folder = await temporaryFolder(t);
	const [one, two] = await Promise.all([
		gitRepository(join(folder, 'one'), literal),
		gitRepository(join(folder, 'two words.git'), {...literal, bare: true}),
	]);
	t.deepEqual(one.commits, two.commits);
	t.is(await one.git('rev-parse', 'HEAD'), one.commits[1] ?? '');
	t.is(await two.git('rev-parse', 'v1.0.0^{commit}'), one.commits[0] ?? '');
	t.is(await two.git('log', '--format=%s', 'edge'), 'Commit 4\nCommit 3\nSecond\nCommit 1');
	t.is(await one.git('status', '--porcelain'), '');
	t.is(await readFile(join(one.folder, 'new file.txt'), 'utf8'), 'ü\n');
	t.is(await two.git('show', 'devel:d'), '2');
	t.is(
		await two.git('ls-tree', '--format=%(objectmode) %(path)', 'v1.0.0'),
		['120000 alias', '040000 bin', '100644 package.json'].join('\n'),
	);
	await t.throwsAsync(one.git('checkout', 'no-such'), {message: /no-such/});
});

test('a workspace has a bare remote for every component and no clone yet', async t => {
	const {root, remotes, host} = await workspaceOf(
		t,
		{util: {'package.json': '{}'}, api: {repository: literal, settings: {branch: 'devel'}}},
		{top: {registry: 'http://127.0.0.1:1'}},
	);
	const text = (await host.files.readText(join(root, 'occo.yaml'))) ?? '';
	t.regex(text, /^"protocols": \["file"\]$/m);
	t.regex(text, /^ {2}"api": \{"git":"file:\/\/\/.*api\.git","branch":"devel"\}$/m);
	t.is(host.cwd, root);
	await runGit(root, ['-c', 'protocol.file.allow=always', 'clone', '-q', remotes.util?.folder ?? '', 'util']);
	t.deepEqual(await host.files.list(root), ['occo.yaml', 'util']);
});

test('an isolated host sees nothing of the real user', async t => {
	const folder = await temporaryFolder(t);
	const host = await realHost(folder, {env: {OCCO_TOKEN: 'x'}});
	for (const path of Object.values(host.folders)) t.true(path.startsWith(folder));
	const script = 'console.log(require("node:os").homedir(), Object.keys(process.env).join())';
	const {stdout} = await host.run({program: process.execPath, arguments: ['-e', script], cwd: folder});
	t.true(stdout.startsWith(folder));
	t.notRegex(stdout, /npm_|NODE_OPTIONS|GIT_DIR/);
});

test('an isolated host reaches the registry that the user has configured', async t => {
	const folder = await temporaryFolder(t);
	const host = await realHost(folder, {upstream: true});
	const file = join(folder, 'home/.npmrc');
	t.is((await stat(file)).mode & 0o777, 0o600);
	const {stdout, code} = await host.run({
		program: 'npm',
		arguments: ['view', 'semver@7.0.0', 'version'],
		cwd: folder,
	});
	t.deepEqual([code, stdout.trim()], [0, '7.0.0']);
});

test('a real npm client installs from the small registry', async t => {
	const folder = await temporaryFolder(t);
	const upstream = await npmUpstream(t, [
		{name: '@scope/dep', version: '1.0.0', files: {'index.js': 'module.exports = 42'}},
		{name: 'top', version: '2.0.0', dependencies: {'@scope/dep': '^1.0.0'}},
	]);
	upstream.add({name: '@scope/dep', version: '1.1.0', files: {'index.js': 'module.exports = 43'}});
	const host = await realHost(folder);
	await host.files.write(join(folder, 'home/.npmrc'), `registry=${upstream.url}\naudit=false\n`);
	await host.files.write(join(folder, 'app/package.json'), '{"dependencies":{"top":"*"}}');
	const {code, stderr} = await host.run({program: 'npm', arguments: ['install'], cwd: join(folder, 'app')});
	t.is(code, 0, stderr);
	t.regex((await host.files.readText(join(folder, 'app/node_modules/@scope/dep/index.js'))) ?? '', /43/);
	t.true(upstream.requests.some(({path}) => path.endsWith('/-/dep-1.1.0.tgz')));
});

test('a tarball is the same bytes whenever it is made', t => {
	const made = {name: 'a', version: '1.0.0', files: {'x.js': '1', run: {executable: '#!/bin/sh\n'}}};
	t.deepEqual(npmTarball(made), npmTarball({...made}));
	t.is(gunzipSync(npmTarball(made)).subarray(0, 20).toString(), 'package/package.json');
	t.regex(integrityOf(npmTarball(made)), /^sha512-[A-Za-z0-9+/]{86}==$/);
});

test('a server misbehaves as told and counts what it is asked', async t => {
	const server = await staticServer(t, {'/a': 'right'});
	t.is(await (await fetch(`${server.url}a`)).text(), 'right');
	t.is((await fetch(`${server.url}b`)).status, 404);
	server.fault = ({path}) => (path === '/a' ? {status: 500} : {body: 'lie'});
	t.is((await fetch(`${server.url}a`)).status, 500);
	server.fault = () => ({cut: 'after-headers'});
	await t.throwsAsync(fetch(`${server.url}a`).then(answer => answer.text()));
	t.deepEqual(
		server.requests.map(({path}) => path),
		['/a', '/b', '/a', '/a'],
	);
	t.true(server.connections.opened >= 1);
});

test('the command line runs from its sources and answers JSON', async t => {
	const {root, host} = await workspaceOf(t, {util: {'package.json': '{"name":"util","version":"1.0.0"}'}});
	const help = await runOcco(['--help'], {cwd: root, env: host.env});
	t.is(help.code, 0, help.stderr);
	t.regex(help.stdout, /clone-all/);
	t.is(help.json, undefined);
});

test('a fake host keeps files in memory as the real one does on disk', async t => {
	const folder = await temporaryFolder(t);
	const real = await realHost(folder);
	const fake = fakeHost({files: {[join(folder, 'other')]: ''}});
	const seen = await Promise.all(
		[real, fake].map(async ({files}) => {
			const at = (name: string): string => join(folder, name);
			await files.write(at('a/b'), 'one', {mode: 0o600});
			await files.link(at('a/b'), at('c/d'));
			const same = (await files.stat(at('a/b')))?.identity === (await files.stat(at('c/d')))?.identity;
			const created = [await files.create(at('a/b'), 'no'), await files.create(at('a/e'), 'yes')];
			await files.write(at('c/d'), 'two');
			await files.rename(at('a'), at('moved'));
			await files.symlink('d', at('c/link'));
			await files.remove(at('moved/e'));
			await files.remove(at('other'));
			await files.remove(at('home'));
			const stat = await files.stat(at('moved/b'));
			return {
				same,
				created,
				walk: await files.walk(folder),
				list: await files.list(folder),
				texts: [
					await files.readText(at('moved/b')),
					await files.readText(at('c/d')),
					await files.readText(at('no')),
				],
				stat: [stat?.type, stat?.size, stat?.mode],
				link: [await files.readLink(at('c/link')), (await files.stat(at('c/link')))?.type],
				folder: (await files.stat(at('c')))?.type,
			};
		}),
	);
	t.deepEqual(seen[1], seen[0]);
	t.deepEqual(seen[0]?.walk, ['c/d', 'c/link', 'moved/b']);
});

test('a fake host answers as scripted and remembers what was asked', async t => {
	const host = fakeHost({
		run: ({program}) => (program === 'git' ? {stdout: 'out'} : undefined),
		http: ({url}) => (url.endsWith('/a') ? {body: Buffer.from('A')} : undefined),
	});
	t.is((await host.run({program: 'git', arguments: ['x'], cwd: '/'})).stdout, 'out');
	await t.throwsAsync(host.run({program: 'pnpm', arguments: [], cwd: '/'}), {code: 'OCCO_TOOL_MISSING'});
	t.is((await host.http.request({url: 'http://h/a'})).body.toString(), 'A');
	await t.throwsAsync(host.http.request({url: 'http://h/b'}), {code: 'OCCO_NETWORK'});
	host.report({type: 'note', message: 'hello'});
	t.deepEqual([host.runs.length, host.requests.length, host.events.length], [2, 2, 1]);
});
