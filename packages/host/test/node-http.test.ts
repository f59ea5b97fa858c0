import {createServer as createTlsServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {gzipSync} from 'node:zlib';
import {isOccoError, type OccoError} from '@occo/model';
import {staticServer} from '@occo/testkit';
import test from 'ava';
import {type HttpStream, nodeHost} from '../src/index.ts';

const hostWith = (env: Record<string, string> = {}, signal?: AbortSignal) =>
	nodeHost({cwd: process.cwd(), env: {PATH: process.env.PATH, ...env}, ...(signal ? {signal} : {})});
const {http} = hostWith();

async function failure(work: Promise<unknown>): Promise<OccoError> {
	try {
		await work;
	} catch (error) {
		if (isOccoError(error)) return error;
		throw error;
	}
	throw new Error('it did not fail');
}

async function sizeOf({body}: HttpStream): Promise<number> {
	let size = 0;
	for await (const chunk of body) size += (chunk as Buffer).length;
	return size;
}

test('a status that will not change is answered at once', async t => {
	const server = await staticServer(t, {});
	for (const status of [400, 401, 403, 404, 409, 501]) {
		server.fault = () => ({status});
		t.is((await http.request({url: server.url})).status, status);
	}
	t.is(server.requests.length, 6);
});

test('a busy server is asked again after the time it wants', async t => {
	const server = await staticServer(t, {'/a': 'right'});
	server.fault = () =>
		server.requests.length < 2 ? {status: 429, headers: {'retry-after': '1'}} : undefined;
	const started = Date.now();
	t.is((await http.request({url: `${server.url}a`})).body.toString(), 'right');
	t.true(Date.now() - started >= 1000);
	server.requests.length = 0;
	server.fault = () => ({status: 503, headers: {'retry-after': '3600'}});
	t.is((await http.request({url: `${server.url}a`})).status, 503);
	t.is(server.requests.length, 1);
});

test('a cut connection is tried again, also in the middle of an answer, and given up after the third time', async t => {
	const server = await staticServer(t, {'/a': 'x'.repeat(100_000)});
	server.fault = () => ([{cut: 'at-once'}, {cut: 'after-headers'}] as const)[server.requests.length - 1];
	t.is((await http.request({url: `${server.url}a`})).body.length, 100_000);
	t.is(server.requests.length, 3);
	server.fault = () => ({cut: 'at-once'});
	const error = await failure(http.request({url: `${server.url}a`}));
	t.regex(error.message, /^http:\/\/127\.0\.0\.1:\d+\/a: the connection was cut$/);
	t.is(server.requests.length, 6);
});

test('a PUT that was cut is tried again, a POST is not', async t => {
	const server = await staticServer(t, {});
	server.fault = () => ({cut: 'at-once'});
	await failure(http.request({url: server.url, method: 'POST', body: 'x'}));
	t.is(server.requests.length, 1);
	server.fault = () => (server.requests.length < 3 ? {cut: 'at-once'} : undefined);
	t.is((await http.request({url: server.url, method: 'PUT', body: 'x'})).status, 404);
	t.is((await http.request({url: server.url, method: 'DELETE'})).status, 404);
});

test('a server that falls silent is given up, before its answer and within', async t => {
	const server = await staticServer(t, {'/a': 'x'.repeat(1000)});
	for (const hang of ['at-once', 'after-headers'] as const) {
		server.fault = () => ({hang});
		const error = await failure(http.request({url: `${server.url}a`, inactivity: 300, retries: 0}));
		t.regex(error.message, /no answer for 0\.3 s/);
		const streamed = http.stream({url: `${server.url}a`, inactivity: 300, retries: 0}).then(sizeOf);
		t.is((await failure(streamed)).code, 'OCCO_NETWORK');
	}
});

test('a stream that breaks off fails and does not end early', async t => {
	const server = await staticServer(t, {'/a': 'x'.repeat(1000)});
	server.fault = () => ({cut: 'after-headers'});
	const error = await failure(http.stream({url: `${server.url}a`}).then(sizeOf));
	t.regex(error.message, /the connection was cut/);
});

test('a stream that nobody reads any more frees its connection', async t => {
	const server = await staticServer(t, {'/a': 'x'.repeat(10_000_000)});
	for (let index = 0; index < 40; index++) (await http.stream({url: `${server.url}a`})).body.destroy();
	t.is((await http.request({url: `${server.url}a`})).body.length, 10_000_000);
});

test('streams give the bytes that were sent, whole answers the text that was meant', async t => {
	const zipped = gzipSync('text');
	const server = await staticServer(t, () => ({body: zipped, headers: {'content-encoding': 'gzip'}}));
	t.is((await http.request({url: server.url})).body.toString(), 'text');
	t.is(await sizeOf(await http.stream({url: server.url})), zipped.length);
});

test('an answer without end is given up', async t => {
	const server = await staticServer(t, () => ({
		body: gzipSync(Buffer.alloc(50_000_000)),
		headers: {'content-encoding': 'gzip'},
	}));
	const error = await failure(http.request({url: server.url, largest: 1_000_000}));
	t.regex(error.message, /more than 1000000 bytes/);
});

test('two hundred requests at once share sixteen connections', async t => {
	const server = await staticServer(t, {'/a': 'x'});
	server.fault = () => ({delay: 5});
	const answers = await Promise.all(Array.from({length: 200}, () => http.request({url: `${server.url}a`})));
	t.true(answers.every(({status}) => status === 200));
	t.true(server.connections.most <= 16, `${server.connections.most} connections`);
	t.true(server.connections.opened <= 17, `${server.connections.opened} opened`);
});

test('what is not a URL, not http or not a host says so without a second try', async t => {
	const reasons: Record<string, RegExp> = {
		'not a url': /an invalid URL: not a URL/,
		'ftp://user:secret@h/x': /^ftp:\/\/h\/x: neither http nor https$/,
		'http://no-such-host.invalid/?token=secret': /^http:\/\/no-such-host\.invalid\/: host not found/,
	};
	for (const [url, message] of Object.entries(reasons)) {
		const error = await failure(http.request({url, retries: 0}));
		t.regex(error.message, message);
		t.notRegex(error.message, /secret/);
	}
});

test('an interruption ends a request at once', async t => {
	const server = await staticServer(t, {});
	server.fault = () => ({hang: 'at-once'});
	const controller = new AbortController();
	const running = hostWith({}, controller.signal).http.request({url: server.url});
	setTimeout(() => controller.abort(), 100);
	t.is((await failure(running)).kind, 'interrupted');
});

test('a proxy of the environment is used, but not for this machine', async t => {
	const proxy = await staticServer(t, request => ({body: `proxied ${request.path}`}));
	const near = await staticServer(t, {'/a': 'direct'});
	const behind = hostWith({http_proxy: proxy.url}).http;
	t.is((await behind.request({url: `${near.url}a`})).body.toString(), 'direct');
	const answer = await behind.request({url: 'http://far.invalid/b'});
	t.is(answer.body.toString(), 'proxied http://far.invalid/b');
	const exempt = hostWith({http_proxy: proxy.url, no_proxy: 'far.invalid'}).http;
	t.regex(
		(await failure(exempt.request({url: 'http://far.invalid/b', retries: 0}))).message,
		/host not found/,
	);
});

/** Text in PEM (RFC 7468). */
function pem(label: string, lines: readonly string[]): string {
	return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Signed by itself, for `localhost`, until the year 2100; used for nothing but this test. */
const certificate = pem('CERTIFICATE', [
	'MIIBXjCCAQSgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwIBcNMjAw',
	'MTAxMDAwMDAwWhgPMjEwMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqG',
	'SM49AgEGCCqGSM49AwEHA0IABE1MAhP1UXuJCYJtsnj2X6sB/QYidTBfO15NFzHzc0AQy0ufatEE',
	'MB6omJ/flWwMMZMIypodAqlZZe+j1VhsLGajRTBDMAwGA1UdEwQFMAMBAf8wFAYDVR0RBA0wC4IJ',
	'bG9jYWxob3N0MB0GA1UdDgQWBBR9uyT8vN1nvbmCYWzEXyTW46GGgDAKBggqhkjOPQQDAgNIADBF',
	'AiEA4aPJk4U0EiMxHrzVxUBCS03HVoJ+hkubez8xt1z73P4CIGBNpDo5pYf7AD3O8O4IirGyV+Rh',
	'UskV82si8U2R8Xyt',
]);
const key = pem('PRIVATE KEY', [
	'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgx5rQLlMs2PFfQt58EBVfGnGarWEQ',
	'ttrQPpEqo8TOHRehRANCAARNTAIT9VF7iQmCbbJ49l+rAf0GInUwXzteTRcx83NAEMtLn2rRBDAe',
	'qJif35VsDDGTCMqaHQKpWWXvo9VYbCxm',
]);

test('a certificate is trusted only when its authority is named', async t => {
	const server = createTlsServer({key, cert: certificate}, (_, response) => response.end('secure'));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => server.close());
	const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
	t.is((await http.request({url, ca: certificate})).body.toString(), 'secure');
	const error = await failure(http.request({url}));
	t.regex(error.message, /its certificate is not trusted here/);
	t.regex(error.hint ?? '', /NODE_EXTRA_CA_CERTS/);
});
