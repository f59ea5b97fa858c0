import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {integrityOf, npmTarball, realHost, temporaryFolder} from '@occo/testkit';
import test from 'ava';
import {registryStatus, startRegistry} from '../src/index.ts';
import {ask, isWhole, packument, publish, publishDocument, rig} from './rig.ts';

const cleanups: (() => unknown)[] = [];
const shared = rig({teardown: work => cleanups.push(work)});
test.after.always(async () => {
	for (const cleanup of cleanups.reverse()) await cleanup();
});

for (const clients of [2, 8]) {
	test(`of ${clients} clients that publish one version with different bytes exactly one wins`, async t => {
		const registry = await shared;
		for (let round = 0; round < 40; round++) {
			const name = `race-${clients}-${round}`;
			const answers = await Promise.all(
				Array.from({length: clients}, (_, client) =>
					publish(registry, {name, version: '1.0.0', files: {'client.txt': 'x'.repeat(client * 7 + 1)}}),
				),
			);
			t.is(answers.filter(({status}) => status === 201).length, 1, name);
			t.is(answers.filter(({status}) => status === 409).length, clients - 1, name);
			t.true(await isWhole(registry, name, '1.0.0'), name);
		}
	});
}

test('sixteen first versions of one package that come at once are all kept', async t => {
	const registry = await shared;
	const versions = Array.from({length: 16}, (_, minor) => `1.${minor}.0`);
	const answers = await Promise.all(
		versions.map(version => publish(registry, {name: '@new/package', version})),
	);
	t.deepEqual(new Set(answers.map(({status}) => status)), new Set([201]));
	const {json} = await packument(registry, '@new/package');
	t.deepEqual(Object.keys(json.versions), versions);
	t.is(json['dist-tags'].latest, '1.15.0');
	for (const version of versions) t.true(await isWhole(registry, '@new/package', version));
});

test('the same bytes again are a success and other bytes a conflict that names both digests', async t => {
	const registry = await shared;
	const literal = {name: 'again', version: '1.0.0'};
	t.is((await publish(registry, literal)).status, 201);
	t.is((await publish(registry, literal)).status, 200);
	const atOnce = await Promise.all(
		Array.from({length: 8}, () => publish(registry, {name: 'again', version: '2.0.0'})),
	);
	t.is(atOnce.filter(({status}) => status === 201).length, 1);
	t.is(atOnce.filter(({status}) => status === 200).length, 7);
	const other = {...literal, files: {'more.txt': 'more'}};
	const {status, json} = await publish(registry, other);
	t.is(status, 409);
	t.true(json.error.includes(integrityOf(npmTarball(literal))));
	t.true(json.error.includes(integrityOf(npmTarball(other))));
	t.true(await isWhole(registry, 'again', '1.0.0'));
});

test('latest moves forward by publishing and backwards by a command only', async t => {
	const registry = await shared;
	const latest = async (): Promise<string> => (await packument(registry, 'tagged')).json['dist-tags'].latest;
	for (const [version, expected] of [
		['2.0.0', '2.0.0'],
		['1.9.0', '2.0.0'],
		['3.0.0-rc.1', '2.0.0'],
		['2.1.0', '2.1.0'],
	] as const) {
		t.is((await publish(registry, {name: 'tagged', version})).status, 201);
		t.is(await latest(), expected, version);
	}
	const path = '/-/package/tagged/dist-tags/latest';
	const {url, token} = registry;
	t.is((await ask(url, path, {method: 'PUT', token, body: '"1.9.0"'})).status, 201);
	t.is(await latest(), '1.9.0');
	t.is((await ask(url, path, {method: 'DELETE', token})).status, 403);
	t.is((await ask(url, path, {method: 'PUT', token, body: '"7.0.0"'})).status, 404);
	t.is((await publish(registry, {name: 'tagged', version: '2.0.1'}, 'old')).status, 201);
	t.deepEqual((await ask(url, '/-/package/tagged/dist-tags')).json, {latest: '1.9.0', old: '2.0.1'});
});

test('a stale whole document loses nothing', async t => {
	const registry = await shared;
	const {url, token} = registry;
	await publish(registry, {name: 'stale', version: '1.0.0'});
	const {json: document} = await ask(url, '/stale?write=true');
	await publish(registry, {name: 'stale', version: '1.0.1'});
	document.versions['1.0.0'].deprecated = 'old';
	t.is((await ask(url, '/stale', {method: 'PUT', token, body: document})).status, 409);
	const {json: fresh} = await ask(url, '/stale?write=true');
	t.deepEqual(Object.keys(fresh.versions), ['1.0.0', '1.0.1']);
	fresh.versions['1.0.0'].deprecated = 'old';
	t.is((await ask(url, '/stale', {method: 'PUT', token, body: fresh})).status, 201);
	const {json} = await packument(registry, 'stale');
	t.is(json.versions['1.0.0'].deprecated, 'old');
	t.is(json.versions['1.0.1'].deprecated, undefined);
});

test('a refused publish stores nothing and burns no version', async t => {
	const registry = await shared;
	const {url, token} = registry;
	const literal = {name: 'checked', version: '1.0.0'};
	// biome-ignore lint/suspicious/noExplicitAny: the document is spoilt on purpose
	const spoilt: Record<string, (document: any) => unknown> = {
		'another name': document => ({...document, name: 'other', _id: 'other'}),
		'no version': document => ({...document, versions: {}}),
		'two versions': document => ({
			...document,
			versions: {...document.versions, '2.0.0': document.versions['1.0.0']},
		}),
		'no semantic version': document => ({
			...document,
			versions: {'../../x': {...document.versions['1.0.0'], version: '../../x'}},
		}),
		'a leading zero': document => ({
			...document,
			versions: {'01.0.0': {...document.versions['1.0.0'], version: '01.0.0'}},
		}),
		'two attachments': document => ({
			...document,
			_attachments: {...document._attachments, 'x.sigstore': {data: 'eA==', length: 1}},
		}),
		'a foreign attachment': document => ({
			...document,
			_attachments: {'../../../evil.tgz': document._attachments['checked-1.0.0.tgz']},
		}),
		'a wrong length': document => {
			document._attachments['checked-1.0.0.tgz'].length++;
			return document;
		},
		'a wrong integrity': document => {
			document.versions['1.0.0'].dist.integrity = integrityOf(Buffer.from('x'));
			return document;
		},
		'a wrong shasum': document => {
			document.versions['1.0.0'].dist.shasum = '0'.repeat(40);
			return document;
		},
		'no tarball': document => {
			const data = Buffer.from('no tarball');
			document._attachments['checked-1.0.0.tgz'] = {data: data.toString('base64'), length: data.length};
			document.versions['1.0.0'].dist = {};
			return document;
		},
		'a tarball of another package': () => ({
			...publishDocument(literal),
			_attachments: {
				'checked-1.0.0.tgz': Object.values(
					publishDocument({name: 'other', version: '1.0.0'})._attachments,
				)[0],
			},
			versions: {'1.0.0': {name: 'checked', version: '1.0.0', dist: {}}},
		}),
		'a tag like a version': document => ({...document, 'dist-tags': {'1.x': '1.0.0'}}),
		'a list': () => [],
		nothing: () => null,
		'a number': () => 5,
		'half a document': () => '{bad',
	};
	for (const [what, spoil] of Object.entries(spoilt)) {
		const {status} = await ask(url, '/checked', {
			method: 'PUT',
			token,
			body: spoil(publishDocument(literal)),
		});
		t.true(status >= 400 && status < 500, `${what}: ${status}`);
	}
	for (const path of [
		'/__proto__',
		'/..%2f..%2fx',
		'/UPPER',
		'/node_modules',
		'/pypi',
		'/a%00b',
		`/${'a'.repeat(215)}`,
		'/%2e%2e',
		'/.hidden',
		'/@a%2f..%2fb',
	]) {
		const name = decodeURIComponent(path.slice(1));
		const {status} = await ask(url, path, {
			method: 'PUT',
			token,
			body: publishDocument({name, version: '1.0.0'}),
		});
		t.true(status >= 400 && status < 500, `${path}: ${status}`);
	}
	t.false(
		(await readdir(join(registry.storage, 'packages', 'npm')).catch((): string[] => [])).includes('checked'),
	);
	t.is((await publish(registry, literal)).status, 201);
});

test('only who is known may publish, and whoever shows a wrong token is told', async t => {
	const registry = await shared;
	const {url, token} = registry;
	const body = publishDocument({name: 'guarded', version: '1.0.0'});
	const put = async (path: string, headers: Record<string, string>): Promise<number> =>
		(await ask(url, path, {method: 'PUT', headers, body})).status;
	for (const path of ['/guarded', '/-/package/guarded/dist-tags/x']) {
		t.is(await put(path, {}), 401);
		t.true([401, 403].includes(await put(path, {authorization: 'Bearer wrong'})));
		t.true([401, 403].includes(await put(path, {authorization: `Bearer ${token.slice(0, -2)}AA`})));
		t.true(
			[401, 403].includes(
				await put(path, {authorization: `Basic ${Buffer.from('occo:guess').toString('base64')}`}),
			),
		);
	}
	t.is((await publish(registry, {name: 'guarded', version: '1.0.0'})).status, 201);
	t.is((await ask(url, '/guarded', {token: 'wrong'})).status, 401);
	t.is((await ask(url, '/-/whoami', {token})).json.username, 'occo');
	const user = {name: 'eve', password: 'evil-password', _id: 'org.couchdb.user:eve', type: 'user', roles: []};
	t.true(
		(await ask(url, '/-/user/org.couchdb.user:eve', {method: 'PUT', body: user})).status >= 400,
		'nobody registers himself',
	);
	for (const [method, path] of [
		['DELETE', '/guarded/-rev/1'],
		['DELETE', '/guarded/-/guarded-1.0.0.tgz/-rev/1'],
		['PUT', '/guarded/-rev/1'],
	] as const) {
		t.true((await ask(url, path, {method, token, body: {}})).status >= 400, path);
	}
	t.true(await isWhole(registry, 'guarded', '1.0.0'));
});

test('what is read is cacheable, ranges work and everything on disk is private', async t => {
	const registry = await shared;
	const {url, storage} = registry;
	await publish(registry, {name: '@team/read', version: '1.0.0', scripts: {install: 'true'}});
	for (const path of ['/@team/read', '/@team%2fread', '/@team%2Fread', '/%40team%2fread'])
		t.is((await ask(url, path)).status, 200, path);
	const accept = 'application/vnd.npm.install-v1+json';
	const {headers, json} = await ask(url, '/@team/read', {headers: {accept}});
	t.true(String(headers['content-type']).startsWith(accept));
	t.true(json.versions['1.0.0'].hasInstallScript);
	t.is(json.versions['1.0.0'].dist.tarball, `${url}@team/read/-/read-1.0.0.tgz`);
	t.is(
		(await ask(url, '/@team/read', {headers: {accept, 'if-none-match': String(headers.etag)}})).status,
		304,
	);
	const tarball = '/@team/read/-/read-1.0.0.tgz';
	const whole = await ask(url, tarball);
	const part = await ask(url, tarball, {headers: {range: 'bytes=10-19'}});
	t.is(part.status, 206);
	t.deepEqual(part.body, whole.body.subarray(10, 20));
	t.is((await ask(url, tarball, {headers: {'if-none-match': String(whole.headers.etag)}})).status, 304);
	for (const path of [
		'/@team/read/-/..%2f..%2fsecrets%2fsigning',
		'/-/static/..%2f..%2fsecrets%2fsigning',
		'/read/-/%2e%2e/owner',
	]) {
		t.true((await ask(url, path)).status >= 400, path);
	}
	t.is((await ask(url, '/')).status, 200, 'the web pages');
	t.is((await ask(url, '/-/v1/search?text=read')).json.objects[0].package.name, '@team/read');
	for (const entry of await readdir(storage, {recursive: true, withFileTypes: true})) {
		// temporary files of the tests beside this one come and go
		const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
		t.is((found?.mode ?? 0) & 0o077, 0, entry.name);
	}
});

test('a storage has one owner; a dead one is no obstacle', async t => {
	const registry = await rig(t);
	const host = await realHost(await temporaryFolder(t));
	const {storage, started, url} = registry;
	await publish(registry, {name: 'kept', version: '1.0.0'});
	const error = await t.throwsAsync(startRegistry(host, {storage, port: 0}), {code: 'OCCO_REGISTRY_RUNNING'});
	t.true(error.message.includes(String(started.status.pid)));
	t.like(await registryStatus(host, storage), {url, healthy: true, pid: started.status.pid});
	process.kill(started.status.pid ?? 0, 'SIGKILL');
	await started.ended;
	t.like(await registryStatus(host, storage), {url: null, healthy: false});
	const next = await rig(t, storage);
	t.true(await isWhole(next, 'kept', '1.0.0'));
	t.is(next.token, registry.token);
	t.is((await publish({...next, token: registry.token}, {name: 'kept', version: '1.0.1'})).status, 201);
});
