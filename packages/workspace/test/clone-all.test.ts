import {execFile} from 'node:child_process';
import {chmod, mkdir, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {Host} from '@occo/host';
import {gitRepository, realHost, runGit, temporaryFolder, workspaceOf} from '@occo/testkit';
import test, {type ExecutionContext} from 'ava';
import {cloneAll, type SourceResult} from '../src/clone-all.ts';
import {openSettings} from '../src/open.ts';
import {withWorkspaceLock} from '../src/workspace-lock.ts';

const execute = promisify(execFile);

/** Runs clone-all over all components, or those named. */
async function cloned(
	host: Host,
	options: {names?: readonly string[]; jobs?: number; inactivity?: number} = {},
): Promise<readonly SourceResult[]> {
	const {names, jobs = 8, inactivity = 20_000} = options;
	const settings = await openSettings(host);
	const components = settings.components.filter(({name}) => names?.includes(name) ?? true);
	return cloneAll(host, settings, components, {jobs, inactivity});
}

const states = (results: readonly SourceResult[]): Record<string, string> =>
	Object.fromEntries(results.map(({name, state, reason}) => [name, reason ?? state]));

/** All names in the workspace that clone-all may have left behind. */
async function leftovers(root: string): Promise<string[]> {
	const names = await readdir(root, {recursive: true});
	return names.filter(name => /occo-tmp/.test(name) && !name.includes('/.git/'));
}

test('each kind of revision is checked out, once, and a second run touches nothing', async t => {
	const repository = {
		files: {'a.txt': '0'},
		commits: [{files: {'a.txt': '1'}}, {files: {'a.txt': '2'}}],
		branches: {devel: [{files: {'a.txt': 'devel'}}]},
		tags: {v1: 1, devel: 0},
	};
	const {host, root, remotes} = await workspaceOf(t, {
		plain: {repository},
		branch: {repository, settings: {branch: 'devel'}},
		tag: {repository, settings: {tag: 'v1'}},
		twin: {repository, settings: {tag: 'devel', folder: 'libs/twin'}},
	});
	const commits = remotes.plain?.commits ?? [];
	const file = await readFile(join(root, 'occo.yaml'), 'utf8');
	const url = `file://${remotes.plain?.folder}`;
	await writeFile(join(root, 'occo.yaml'), `${file}  commit: {git: "${url}", commit: "${commits[0]}"}\n`);
	const results = await cloned(host);
	t.deepEqual(states(results), {
		branch: 'cloned',
		commit: 'cloned',
		plain: 'cloned',
		tag: 'cloned',
		twin: 'cloned',
	});
	const content = (folder: string): Promise<string> => readFile(join(root, folder, 'a.txt'), 'utf8');
	t.deepEqual(await Promise.all(['plain', 'branch', 'tag', 'libs/twin', 'commit'].map(content)), [
		'2',
		'devel',
		'1',
		'0',
		'0',
	]);
	t.is(results.find(({name}) => name === 'commit')?.commit, commits[0]);
	t.is(await runGit(join(root, 'branch'), ['symbolic-ref', 'HEAD']), 'refs/heads/devel');
	for (const folder of ['plain', 'tag'])
		t.is(await runGit(join(root, folder), ['status', '--porcelain']), '');
	await writeFile(join(root, 'plain', 'a.txt'), 'my work');
	t.true((await cloned(host)).every(({state}) => state === 'present'));
	t.is(await content('plain'), 'my work');
	t.deepEqual(await leftovers(root), []);
});

test('one failure never stops the others, and each has its own reason', async t => {
	const files = {'a.txt': ''};
	const {host, root, folder} = await workspaceOf(t, {
		good: files,
		'bad-branch': {repository: {files, tags: {v1: 0}}, settings: {branch: 'v1'}},
		'bad-tag': {repository: {files, branches: {v1: []}}, settings: {tag: 'v1'}},
		'bad-commit': {repository: {files}, settings: {commit: '0123456789'.repeat(4)}},
		'no-branch': {repository: {files}, settings: {branch: 'nope'}},
		gone: {repository: {files}, settings: {git: 'file:///nowhere/at/all.git'}},
		empty: {repository: {}, settings: {}},
		occupied: files,
	});
	await mkdir(join(root, 'occupied'));
	await writeFile(join(root, 'occupied', 'notes.txt'), 'mine');
	await rm(join(folder, 'remotes', 'empty.git'), {recursive: true});
	await execute('git', ['init', '-q', '--bare', join(folder, 'remotes', 'empty.git')]);
	const results = await cloned(host, {jobs: 2});
	t.deepEqual(states(results), {
		'bad-branch': 'unknown-revision',
		'bad-commit': 'unknown-revision',
		'bad-tag': 'unknown-revision',
		empty: 'cloned',
		gone: 'not-found',
		good: 'cloned',
		'no-branch': 'unknown-revision',
		occupied: 'not-a-repository',
	});
	t.is(results.find(({name}) => name === 'empty')?.commit, null);
	t.is(await readFile(join(root, 'occupied', 'notes.txt'), 'utf8'), 'mine');
	t.deepEqual((await readdir(root)).sort(), ['.occo', 'empty', 'good', 'occo.yaml', 'occupied']);
	t.deepEqual(await leftovers(root), []);
});

test('components that share a repository get one checkout, and nested ones lie in their parent', async t => {
	const {host, root, remotes} = await workspaceOf(t, {
		outer: {'a.txt': ''},
		inner: {repository: {files: {'b.txt': ''}}, settings: {folder: 'outer/tools/inner'}},
		lost: {repository: {files: {'b.txt': ''}}, settings: {git: 'file:///nowhere', folder: 'missing'}},
		child: {repository: {files: {'b.txt': ''}}, settings: {folder: 'missing/child'}},
	});
	const git = `file://${remotes.outer?.folder}`;
	const shared = ['one', 'two'].map(
		path => `  ${path}: {git: "${git}", folder: mono, path: packages/${path}}\n`,
	);
	await writeFile(
		join(root, 'occo.yaml'),
		(await readFile(join(root, 'occo.yaml'), 'utf8')) + shared.join(''),
	);
	const only = await cloned(host, {names: ['inner']});
	t.deepEqual(states(only), {inner: 'parent-missing'}, 'the parent could not be cloned afterwards');
	const results = await cloned(host);
	t.deepEqual(states(results), {
		child: 'parent-failed',
		inner: 'cloned',
		lost: 'not-found',
		one: 'cloned',
		outer: 'cloned',
		two: 'cloned',
	});
	t.deepEqual((await readdir(join(root, 'outer', 'tools', 'inner'))).sort(), ['.git', 'b.txt']);
	t.false((await readdir(root)).includes('missing'));
});

test('nothing is written through a link that another component planted', async t => {
	const outside = await temporaryFolder(t);
	const {host, root} = await workspaceOf(t, {
		a: {out: {link: outside}},
		b: {repository: {files: {'b.txt': ''}}, settings: {folder: 'a/out/b'}},
		c: {repository: {files: {'c.txt': ''}}, settings: {folder: 'linked/c'}},
	});
	await symlink(outside, join(root, 'linked'));
	t.deepEqual(states(await cloned(host)), {a: 'cloned', b: 'linked-folder', c: 'linked-folder'});
	t.deepEqual(await readdir(outside), []);
});

test('no hook, template or helper of anybody runs, and a git hook around us does not redirect us', async t => {
	const {host, root, folder} = await workspaceOf(
		t,
		{a: {'a.txt': ''}},
		{env: {GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index', GIT_TEMPLATE_DIR: '/nowhere/templates'}},
	);
	const hooks = join(folder, 'hooks');
	await mkdir(hooks);
	await writeFile(join(hooks, 'post-checkout'), `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`);
	await chmod(join(hooks, 'post-checkout'), 0o755);
	await writeFile(
		join(host.env.HOME ?? '', '.gitconfig'),
		`[core]\n\thooksPath = ${hooks}\n[init]\n\ttemplateDir = ${hooks}\n[clone]\n\tdefaultRemoteName = other\n`,
	);
	t.deepEqual(states(await cloned(host)), {a: 'cloned'});
	t.false((await readdir(folder)).includes('ran'));
	t.deepEqual((await readdir(join(root, 'a', '.git'))).includes('hooks'), false);
	t.regex(await readFile(join(root, 'a', '.git', 'config'), 'utf8'), /\[remote "origin"\]/);
});

async function httpRemote(
	t: ExecutionContext,
	answer: 'silence' | number,
): Promise<{url: string; asked: () => number}> {
	let asked = 0;
	const server = createServer((_, response) => {
		asked++;
		if (answer !== 'silence') response.writeHead(answer).end();
	});
	await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`, asked: () => asked};
}

test('a silent server is given up after three tries, an answer is final, and the others go on', async t => {
	const silent = await httpRemote(t, 'silence');
	const closed = await httpRemote(t, 401);
	const broken = await httpRemote(t, 503);
	const absent = await httpRemote(t, 404);
	const {host, root} = await workspaceOf(
		t,
		{
			good: {'a.txt': ''},
			silent: {repository: {}, settings: {git: silent.url}},
			closed: {repository: {}, settings: {git: closed.url}},
			broken: {repository: {}, settings: {git: broken.url}},
			absent: {repository: {}, settings: {git: absent.url}},
		},
		{top: {protocols: ['file', 'http']}},
	);
	const started = Date.now();
	const results = await cloned(host, {inactivity: 700});
	t.deepEqual(states(results), {
		absent: 'not-found',
		broken: 'unreachable',
		closed: 'not-authorised',
		good: 'cloned',
		silent: 'silent',
	});
	// One default time-out alone would take this long.
	t.true(Date.now() - started < 60_000);
	t.deepEqual(
		[silent, closed, broken, absent].map(({asked}) => asked()),
		[3, 1, 3, 1],
	);
	t.deepEqual(await leftovers(root), []);
});

test('a second run at once is refused with the pid of the first; what dead runs left is swept', async t => {
	const {host, root} = await workspaceOf(t, {
		a: {'a.txt': ''},
		b: {repository: {files: {'b.txt': ''}}, settings: {folder: 'libs/b'}},
	});
	const error = await withWorkspaceLock(host, root, 'up', () =>
		t.throwsAsync(cloned(host), {code: 'OCCO_LOCKED'}),
	);
	t.true(error.message.includes(`\`occo up\` (process ${process.pid})`), error.message);
	// A process id that is in use again, but by a process that started at another time.
	const dead = {pid: process.pid, name: 'occo clone-all', started: '1'};
	await writeFile(join(root, '.occo', 'lock', '99'), JSON.stringify(dead));
	await gitRepository(join(root, 'a.occo-tmp-4711'), {files: {'half.txt': ''}});
	await mkdir(join(root, 'libs', 'b.occo-tmp-1'), {recursive: true});
	t.deepEqual(states(await cloned(host)), {a: 'cloned', b: 'cloned'});
	t.deepEqual(await leftovers(root), []);
});

test('an interrupted run leaves whole checkouts only, and the next one goes on', async t => {
	const big = Object.fromEntries(
		Array.from({length: 300}, (_, index) => [`f${index}.txt`, `${index}\n`.repeat(2000)]),
	);
	const names = Array.from({length: 6}, (_, index) => `c${index}`);
	const {host, root, folder} = await workspaceOf(t, Object.fromEntries(names.map(name => [name, big])));
	const controller = new AbortController();
	const interrupted = await realHost(folder, {
		cwd: root,
		signal: controller.signal,
		report: event => {
			if (event.type === 'task-ended') controller.abort();
		},
	});
	await t.throwsAsync(cloned(interrupted, {jobs: 2}), {code: 'OCCO_INTERRUPTED'});
	t.deepEqual(await leftovers(root), []);
	const results = await cloned(host);
	t.true(results.some(({state}) => state === 'present') && results.some(({state}) => state === 'cloned'));
	for (const name of names) t.is(await runGit(join(root, name), ['status', '--porcelain']), '');
});

test("a token that the user's git configuration adds to a URL is in no message and no event", async t => {
	const closed = await httpRemote(t, 403);
	const {host, root, folder} = await workspaceOf(
		t,
		{closed: {repository: {}, settings: {git: 'http://git.example.org/x.git'}}},
		{top: {protocols: ['http']}},
	);
	const address = closed.url.replace('http://', 'http://user:s3cret@').replace('x.git', '');
	const config = `[url "${address}"]\n\tinsteadOf = http://git.example.org/\n`;
	await writeFile(join(host.env.HOME ?? '', '.gitconfig'), config);
	const events: unknown[] = [];
	const reporting = await realHost(folder, {cwd: root, report: event => void events.push(event)});
	const results = await cloned(reporting);
	t.deepEqual(states(results), {closed: 'not-authorised'});
	t.true(closed.asked() > 0);
	t.false(JSON.stringify([results, events]).includes('s3cret'));
});
