import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {isOccoError} from '@occo/model';
import test, {type ExecutionContext} from 'ava';
import {cleanEnvironment, mapPool, nodeHost} from '../src/index.ts';

const host = nodeHost({cwd: process.cwd(), env: process.env});

async function temporary(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'occo-host-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	return folder;
}

test('writes whole files or nothing, and leaves no temporary behind', async t => {
	const folder = await temporary(t);
	const file = join(folder, 'deep/er/file');
	await host.files.write(file, 'one');
	t.is(await host.files.readText(file), 'one');
	async function* broken() {
		yield Buffer.from('half');
		throw new Error('cut');
	}
	await t.throwsAsync(host.files.writeStream(file, broken()), {message: 'cut'});
	t.is(await host.files.readText(file), 'one');
	t.deepEqual(await readdir(join(folder, 'deep/er')), ['file']);
});

test('creates a file only once, however many try', async t => {
	const file = join(await temporary(t), 'only');
	const made = await Promise.all(Array.from({length: 8}, (_, index) => host.files.create(file, `${index}`)));
	t.is(made.filter(Boolean).length, 1);
	t.is(await host.files.readText(file), `${made.indexOf(true)}`);
});

test('links share their content and replace what was there', async t => {
	const folder = await temporary(t);
	await host.files.write(join(folder, 'a'), 'content');
	await host.files.write(join(folder, 'b'), 'old');
	await host.files.link(join(folder, 'a'), join(folder, 'b'));
	await host.files.link(join(folder, 'a'), join(folder, 'new/c'));
	const [a, b, c] = await Promise.all(['a', 'b', 'new/c'].map(name => host.files.stat(join(folder, name))));
	t.is(a?.identity, b?.identity);
	t.is(a?.identity, c?.identity);
});

test('reads what is not there as undefined and empty', async t => {
	const folder = await temporary(t);
	t.is(await host.files.readText(join(folder, 'no')), undefined);
	t.is(await host.files.stat(join(folder, 'no/deeper')), undefined);
	t.deepEqual(await host.files.list(join(folder, 'no')), []);
	const error = await t.throwsAsync(async () => {
		for await (const _ of host.files.readStream(join(folder, 'no'))) t.fail();
	});
	t.true(isOccoError(error) && error.code === 'OCCO_FILE_MISSING');
});

test('runs a child with its arguments untouched and its input closed', async t => {
	const script =
		'process.stdin.resume(); process.stdin.on("end", () => console.log(JSON.stringify(process.argv.slice(1))))';
	const done = await host.run({
		program: process.execPath,
		arguments: ['-e', script, '--', '$(touch x)', 'a b', '`id`'],
		cwd: tmpdir(),
	});
	t.deepEqual(JSON.parse(done.stdout), ['$(touch x)', 'a b', '`id`']);
	t.is(done.code, 0);
});

test('ends a silent child and everything it started', async t => {
	const started = Date.now();
	const done = await host.run({
		program: 'sh',
		arguments: ['-c', 'sleep 60 & sleep 60'],
		cwd: tmpdir(),
		inactivity: 200,
	});
	t.true(done.timedOut);
	t.true(Date.now() - started < 20_000);
});

test('names a program that does not exist', async t => {
	const error = await t.throwsAsync(host.run({program: 'occo-no-such', arguments: [], cwd: tmpdir()}));
	t.true(isOccoError(error) && error.code === 'OCCO_TOOL_MISSING' && error.message.includes('occo-no-such'));
});

test('stops children when the work is interrupted', async t => {
	const controller = new AbortController();
	const interruptible = nodeHost({cwd: tmpdir(), env: process.env, signal: controller.signal});
	const running = interruptible.run({program: 'sleep', arguments: ['60'], cwd: tmpdir()});
	setTimeout(() => controller.abort(), 100);
	const error = await t.throwsAsync(running);
	t.true(isOccoError(error) && error.kind === 'interrupted');
});

test('a clean environment drops what redirects tools and keeps what reaches the network', t => {
	const clean = cleanEnvironment({
		PATH: '/bin',
		GIT_DIR: '/x',
		GIT_SSL_CAINFO: '/ca',
		npm_config_registry: 'http://evil',
		NPM_CONFIG_REGISTRY: 'http://evil',
		PIP_INDEX_URL: 'http://evil',
		UV_INDEX: 'http://evil',
		NODE_OPTIONS: '--require x',
		https_proxy: 'http://proxy',
	});
	t.deepEqual(clean, {PATH: '/bin', GIT_SSL_CAINFO: '/ca', https_proxy: 'http://proxy', LC_ALL: 'C'});
});

test('a request answers any status, follows redirects and retries what may pass', async t => {
	let tries = 0;
	const server = await host.serve((request, response) => {
		if (request.url === '/moved') response.writeHead(302, {location: '/there'}).end();
		else if (request.url === '/flaky' && tries++ === 0) response.writeHead(503).end();
		else if (request.url === '/no') response.writeHead(404).end('none');
		else response.end(`ok ${request.headers.authorization ?? ''}`);
	});
	t.teardown(() => server.close());
	const get = async (path: string) => {
		const answer = await host.http.request({url: server.url + path, headers: {authorization: 'Bearer t'}});
		return `${answer.status} ${answer.body}`;
	};
	t.is(await get('moved'), '200 ok Bearer t');
	t.is(await get('no'), '404 none');
	t.is(await get('flaky'), '200 ok Bearer t');
	t.is(tries, 2);
});

test('credentials do not follow a redirect to another host', async t => {
	const other = await host.serve(
		(request, response) => void response.end(request.headers.authorization ?? 'none'),
	);
	const first = await host.serve(
		(_, response) =>
			void response.writeHead(302, {location: other.url.replace('127.0.0.1', 'localhost')}).end(),
	);
	t.teardown(() => Promise.all([first.close(), other.close()]));
	const answer = await host.http.request({url: first.url, headers: {authorization: 'Bearer secret'}});
	t.is(answer.body.toString(), 'none');
});

test('a failed connection says why and hides the password', async t => {
	const closed = await host.serve(() => {});
	await closed.close();
	const url = closed.url.replace('//', '//user:secret@');
	const error = await t.throwsAsync(host.http.request({url, retries: 0}));
	t.true(isOccoError(error) && error.code === 'OCCO_NETWORK');
	t.regex(error?.message ?? '', /connection refused/);
	t.notRegex(error?.message ?? '', /secret/);
});

test('streams a body and reports a silent server', async t => {
	const server = await host.serve((request, response) => {
		if (request.url === '/big') response.end(Buffer.alloc(100_000, 1));
	});
	t.teardown(() => server.close());
	const {status, body} = await host.http.stream({url: `${server.url}big`});
	let size = 0;
	for await (const chunk of body) size += (chunk as Buffer).length;
	t.deepEqual([status, size], [200, 100_000]);
	const error = await t.throwsAsync(
		host.http.request({url: `${server.url}silent`, inactivity: 200, retries: 0}),
	);
	t.true(isOccoError(error) && error.code === 'OCCO_NETWORK');
});

test('a pool keeps order, bounds what runs at once and stops feeding after a failure', async t => {
	let running = 0;
	let most = 0;
	const squares = await mapPool([1, 2, 3, 4, 5, 6], 2, async item => {
		most = Math.max(most, ++running);
		await new Promise(resolve => setTimeout(resolve, 10 - item));
		running--;
		return item * item;
	});
	t.deepEqual([squares, most], [[1, 4, 9, 16, 25, 36], 2]);
	const seen: number[] = [];
	await t.throwsAsync(
		mapPool([1, 2, 3, 4], 1, async item => {
			seen.push(item);
			if (item === 2) throw new Error('no');
		}),
	);
	t.deepEqual(seen, [1, 2]);
});

test('an interruption stops the feeding of a pool, and what runs is waited for', async t => {
	const controller = new AbortController();
	const done: number[] = [];
	const work = async (item: number): Promise<void> => {
		if (item === 2) controller.abort();
		await new Promise(resolve => setTimeout(resolve, 20));
		done.push(item);
	};
	const error = await t.throwsAsync(mapPool([1, 2, 3, 4], 2, work, controller.signal));
	t.true(isOccoError(error) && error.kind === 'interrupted');
	t.deepEqual(done, [1, 2]);
	t.deepEqual(await mapPool([], 2, async () => 1, controller.signal), []);
});

test('a server of our own hides its faults and ends with its connections', async t => {
	const server = await host.serve(({url}) => {
		if (url === '/fault') throw new Error('secret detail');
	});
	const answer = await host.http.request({url: `${server.url}fault`, retries: 0});
	t.deepEqual([answer.status, answer.body.length], [500, 0]);
	const silent = t.throwsAsync(host.http.request({url: server.url, retries: 0}));
	await new Promise(resolve => setTimeout(resolve, 100));
	await server.close();
	t.regex((await silent)?.message ?? '', /the connection was cut/);
});

test('a reporter that fails does no harm, and processes are seen', t => {
	const careless = nodeHost({
		cwd: '/',
		env: {},
		report: () => {
			throw new Error('reporter');
		},
	});
	t.notThrows(() => careless.report({type: 'note', message: 'x'}));
	t.true(careless.isRunning(careless.processId));
	t.true(careless.isRunning(1));
	t.false(careless.isRunning(2 ** 22 + 1));
});
