import {join} from 'node:path';
import test from 'ava';
import {closure, placed, temporaryHost} from '../../workspace/test/wheelhouse-maker.ts';
import {serveArtifacts} from '../src/npm/loopback.ts';
import {packedManifest} from '../src/npm/packed-manifest.ts';

interface Packument {
	readonly 'dist-tags': Record<string, string>;
	readonly time: Record<string, string>;
	readonly versions: Record<string, Version>;
}

interface Version {
	readonly deprecated?: string;
	readonly dist: {readonly tarball: string; readonly integrity: string};
	readonly dependencies: object;
	readonly optionalDependencies: object;
}

const json = async (response: Response): Promise<Packument> => (await response.json()) as Packument;

test('a loopback registry answers packuments, tarballs and misses, and is gone when it is closed', async t => {
	const {host, folder} = await temporaryHost();
	const artifacts = (await placed(join(folder, 'files'), closure)).map(({artifact, path}) => ({
		path,
		artifact:
			artifact.name === 'leaf'
				? {...artifact, published: '2020-02-02T02:02:02.000Z', deprecated: 'old'}
				: artifact,
	}));
	const registry = await serveArtifacts(host, artifacts);
	t.regex(registry.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
	const leaf = await fetch(`${registry.url}leaf`);
	const packument = await json(leaf);
	t.deepEqual(Object.keys(packument.versions), ['1.0.9', '1.1.0']);
	t.deepEqual(packument['dist-tags'], {latest: '1.1.0'});
	t.is(packument.time['1.1.0'], '2020-02-02T02:02:02.000Z');
	t.is(packument.versions['1.1.0']?.deprecated, 'old');
	const etag = leaf.headers.get('etag') ?? '';
	t.is((await fetch(`${registry.url}leaf`, {headers: {'if-none-match': etag}})).status, 304);
	for (const path of ['@acme/util', '@acme%2futil', '@acme%2Futil']) {
		const scoped = await json(await fetch(registry.url + path));
		const {dist, optionalDependencies} = scoped.versions['1.0.3'] as Version;
		t.is(dist.tarball, `${registry.url}@acme/util/-/util-1.0.3.tgz`);
		t.deepEqual(Object.keys(optionalDependencies), ['binary-here', 'binary-there']);
		const bytes = Buffer.from(await (await fetch(dist.tarball)).arrayBuffer());
		const util = artifacts.find(({artifact}) => artifact.name === '@acme/util');
		t.true(bytes.equals((await host.files.readBytes(util?.path ?? '')) as Buffer));
		t.is(dist.integrity, `sha512-${Buffer.from(util?.artifact.sha512 ?? '', 'hex').toString('base64')}`);
	}
	t.is((await fetch(`${registry.url}nothing`)).status, 404);
	t.is((await fetch(`${registry.url}%E0%A4%A`)).status, 404);
	t.is((await fetch(`${registry.url}leaf`, {method: 'PUT', body: '{}'})).status, 405);
	t.deepEqual(registry.missed().filter(Boolean), ['nothing']);
	await registry.close();
	await t.throwsAsync(fetch(`${registry.url}leaf`));
});

test('a dist-tag that a dependency names is served', async t => {
	const {host, folder} = await temporaryHost();
	const artifacts = await placed(join(folder, 'files'), [
		{
			manifest: {
				name: 'top',
				version: '1.0.0',
				dependencies: {fetch: 'cjs', plain: '^1.0.0', any: '*', x: 'x', v: 'v1'},
			},
		},
		{manifest: {name: 'fetch', version: '2.7.0'}},
		{manifest: {name: 'v', version: '1.0.0'}},
	]);
	const registry = await serveArtifacts(host, artifacts);
	await (await fetch(`${registry.url}top`)).json();
	const tags = async (name: string): Promise<unknown> =>
		(await json(await fetch(registry.url + name)))['dist-tags'];
	t.deepEqual(await tags('fetch'), {latest: '2.7.0', cjs: '2.7.0'});
	t.deepEqual(await tags('v'), {latest: '1.0.0'});
	await registry.close();
});

test('an optional dependency that was left out for the targets is not promised', async t => {
	const {host, folder} = await temporaryHost();
	const optionalDependencies = {
		here: '1.0.0',
		gone: '1.0.0',
		alias: 'npm:here@1.0.0',
		lost: 'npm:@acme/gone@1.0.0',
	};
	const artifacts = await placed(join(folder, 'files'), [
		{
			manifest: {
				name: 'top',
				version: '1.0.0',
				optionalDependencies,
				dependencies: {needed: '1.0.0', gone: '1.0.0'},
			},
		},
		{manifest: {name: 'here', version: '1.0.0'}},
	]);
	const registry = await serveArtifacts(host, artifacts);
	const {versions} = await json(await fetch(`${registry.url}top`));
	t.deepEqual(Object.keys(versions['1.0.0']?.optionalDependencies ?? {}), ['here', 'alias']);
	t.deepEqual(Object.keys(versions['1.0.0']?.dependencies ?? {}), ['needed']);
	await registry.close();
});

test('a tarball that is none, or has no manifest, is refused by name', async t => {
	const {host, folder} = await temporaryHost();
	await host.files.write(join(folder, 'text.tgz'), 'not a tarball');
	await t.throwsAsync(packedManifest(host, join(folder, 'text.tgz')), {
		message: /text\.tgz`: is not a gzip file/,
	});
	const {gzipSync} = await import('node:zlib');
	await host.files.write(join(folder, 'empty.tgz'), gzipSync(Buffer.alloc(1024)));
	await t.throwsAsync(packedManifest(host, join(folder, 'empty.tgz')), {
		message: /empty\.tgz`: has no package\.json/,
	});
	await t.throwsAsync(packedManifest(host, join(folder, 'missing.tgz')), {
		message: /missing\.tgz` is not there/,
	});
});
