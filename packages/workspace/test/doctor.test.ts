import {chmod, mkdir, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {ecosystems, type Tool} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import {realHost, temporaryFolder, workspaceOf} from '@occo/testkit';
import test from 'ava';
import {examine} from '../src/doctor.ts';

async function rows(host: Host): Promise<Readonly<Record<string, Tool>>> {
	return Object.fromEntries((await examine(host, ecosystems)).map(tool => [tool.name, tool]));
}

test('a machine with everything has a row for each tool and folder, with its version', async t => {
	const {host} = await workspaceOf(t, {util: {a: ''}});
	const found = await rows(host);
	for (const name of ['git', 'node', 'npm', 'pnpm']) {
		t.true(found[name]?.ok, name);
		t.regex(found[name]?.version ?? '', /^\d+\.\d+\.\d+/, name);
	}
	t.like(found.cache, {ok: true, version: host.folders.cache});
	t.like(found.workspace, {ok: true, version: '1 component, 1 not cloned', hint: 'run `occo clone-all`'});
	t.is(found.registry, undefined);
});

test('what is missing is told, with how to get it', async t => {
	const folder = await temporaryFolder(t);
	const bin = join(folder, 'bin');
	await mkdir(bin);
	await symlink(process.execPath, join(bin, 'node'));
	await writeFile(join(folder, 'file'), '');
	const host = await realHost(folder, {env: {PATH: bin, OCCO_CACHE: join(folder, 'file', 'cache')}});
	const found = await rows(host);
	t.like(found.git, {ok: false, version: undefined});
	t.regex(found.git?.hint ?? '', /install git/);
	t.like(found.npm, {ok: false, version: undefined});
	t.like(found.cache, {ok: false});
	t.regex(found.cache?.hint ?? '', /OCCO_CACHE/);
	t.like(found.workspace, {ok: true, version: 'none here'});
});

test('an old or tricked git, a broken workspace file and a registry that is down are told apart', async t => {
	const {host, root, folder} = await workspaceOf(t, {util: {a: ''}}, {top: {registry: 'http://127.0.0.1:1'}});
	t.like((await rows(host)).registry, {ok: false});
	t.regex((await rows(host)).registry?.hint ?? '', /127\.0\.0\.1:1.*`occo registry start`/);
	const bin = join(folder, 'bin');
	await mkdir(bin);
	const git = async (version: string): Promise<Tool | undefined> => {
		await writeFile(join(bin, 'git'), `#!/bin/sh\necho 'git version ${version}'\n`);
		await chmod(join(bin, 'git'), 0o755);
		return (await rows(await realHost(folder, {env: {PATH: `${bin}:${host.env.PATH}`}}))).git;
	};
	t.like(await git('2.25.1'), {ok: false, version: '2.25.1'});
	t.regex((await git('2.45.0'))?.hint ?? '', /CVE-2024-32004/);
	t.like(await git('2.50.1 (Apple Git-155)'), {ok: true, version: '2.50.1', hint: undefined});
	await writeFile(join(root, 'occo.yaml'), 'components: {util: {gti: x}}\n');
	t.regex((await rows(host)).workspace?.hint ?? '', /^occo\.yaml:1: unknown key `components\.util\.gti`/);
});
