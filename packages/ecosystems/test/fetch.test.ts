import {join} from 'node:path';
import {isOccoError} from '@occo/model';
import {
	integrityOf,
	npmTarball,
	npmUpstream,
	type PackageLiteral,
	realHost,
	temporaryFolder,
} from '@occo/testkit';
import test, {type ExecutionContext} from 'ava';
import {fetchAll} from '../src/npm/fetch.ts';
import {readNpmConfig} from '../src/npm/npm-config.ts';

const packages: readonly PackageLiteral[] = [
	{name: '@scope/a', version: '1.0.0', files: {'index.js': 'a'.repeat(100_000)}},
	{name: 'b', version: '2.0.0'},
];
const wanted = packages.map(one => ({
	name: one.name,
	version: one.version,
	integrity: integrityOf(npmTarball(one)),
}));

async function scene(t: ExecutionContext) {
	const folder = await temporaryFolder(t);
	const upstream = await npmUpstream(t, packages);
	const host = await realHost(folder);
	const authority = upstream.url.replace('http:', '');
	const lines = [`registry=${upstream.url}`, `${authority}:_authToken=secret-token`, 'cafile=authority.pem'];
	await host.files.write(join(folder, 'home/.npmrc'), lines.join('\n'));
	await host.files.write(join(folder, 'authority.pem'), 'its text');
	const config = await readNpmConfig(host, folder);
	return {upstream, host, config};
}

test('what is fetched once is not asked for again', async t => {
	const {upstream, host, config} = await scene(t);
	const first = await fetchAll(host, wanted, config, false);
	t.deepEqual(
		first.map(({fresh, firstUse}) => [fresh, firstUse]),
		[
			[true, false],
			[true, false],
		],
	);
	t.is(upstream.requests.length, 2);
	t.true(upstream.requests.every(({headers}) => headers.authorization === 'Bearer secret-token'));
	const second = await fetchAll(host, wanted, config, true);
	t.true(second.every(({fresh}) => !fresh));
	t.is(upstream.requests.length, 2);
	t.false(JSON.stringify([first, second]).includes('secret-token'));
});

test('a body that breaks off is fetched again', async t => {
	const {upstream, host, config} = await scene(t);
	upstream.fault = () => (upstream.requests.length <= 2 ? {cut: 'after-headers'} : undefined);
	t.is((await fetchAll(host, wanted, config, false)).length, 2);
	t.is(upstream.requests.length, 4);
});

test('bytes that are not those of the lock are refused by name, and nothing is kept', async t => {
	const {upstream, host, config} = await scene(t);
	upstream.fault = ({path}) =>
		path.includes('scope') ? {body: npmTarball({name: 'evil', version: '1.0.0'})} : undefined;
	const error = await t.throwsAsync(fetchAll(host, wanted, config, false));
	t.true(isOccoError(error) && error.code === 'OCCO_INTEGRITY');
	t.regex(error?.message ?? '', /@scope\/a@1\.0\.0/);
	upstream.fault = () => undefined;
	t.is((await fetchAll(host, wanted, config, false))[0]?.fresh, true);
});

test('a refusal is told at once, without the token', async t => {
	const {upstream, host, config} = await scene(t);
	upstream.fault = ({path}) => (path.includes('scope') ? {status: 401} : undefined);
	const error = await t.throwsAsync(fetchAll(host, wanted, config, false));
	t.true(isOccoError(error) && error.code === 'OCCO_FETCH' && /token/.test(error.hint ?? ''));
	t.regex(error?.message ?? '', /@scope\/a@1\.0\.0.*401/);
	t.notRegex(error?.message ?? '', /secret-token/);
	t.is(upstream.requests.filter(({path}) => path.includes('scope')).length, 1);
});

test('without the network what is missing is named', async t => {
	const {upstream, host, config} = await scene(t);
	await upstream.close();
	const offline = await t.throwsAsync(fetchAll(host, wanted, config, true));
	t.true(isOccoError(offline) && offline.code === 'OCCO_OFFLINE');
	const error = await t.throwsAsync(fetchAll(host, wanted, config, false));
	t.true(isOccoError(error) && error.code === 'OCCO_NETWORK');
	t.regex(error?.message ?? '', /connection refused/);
});

test('the authority that the npm configuration names is read', async t => {
	t.is((await scene(t)).config.ca, 'its text');
});
