import {execFileSync} from 'node:child_process';
import {stat, utimes} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {temporaryFolder} from '@occo/testkit';
import test from 'ava';
import {nodeHost, replaceFolder} from '../src/index.ts';

const {files, platform} = nodeHost({cwd: process.cwd(), env: process.env});

/**
 * Runs on-small-disk.ts, which mounts a file system with 256 KiB in a mount namespace of its own. Root may do that, and
 * others where user namespaces are allowed; elsewhere this fails, because nothing else fills a disk for real.
 */
function onSmallDisk(folder: string): string {
	const script = fileURLToPath(new URL('on-small-disk.ts', import.meta.url));
	const namespaces = process.getuid?.() === 0 ? ['-m'] : ['-U', '-r', '-m'];
	const child = [process.execPath, '--conditions=@occo/source', script, folder];
	return execFileSync('unshare', [...namespaces, '--', ...child], {encoding: 'utf8'});
}

test('a full disk is named and leaves what was there; a link to another file system is a copy', async t => {
	const {full, old, free, copy} = JSON.parse(onSmallDisk(await temporaryFolder(t)));
	const named = (name: string) => ({
		code: 'OCCO_DISK_FULL',
		message: `no space left to write \`/disk/${name}\``,
		there: ['file'],
	});
	t.deepEqual(full, [named('file'), named('file'), named('new'), named('new')]);
	t.is(old, 'old');
	t.true(free > 200_000 && free <= 262_144);
	t.deepEqual(copy, {text: 'content', links: 1});
});

test('modes are given exactly, or left to the umask', async t => {
	const folder = await temporaryFolder(t);
	const mode = async (name: string) => ((await stat(join(folder, name))).mode & 0o777).toString(8);
	await files.write(join(folder, 'secret'), 'x', {mode: 0o600, sync: true});
	await files.write(join(folder, 'open'), 'x', {mode: 0o666});
	await files.write(join(folder, 'plain'), 'x');
	t.deepEqual(await Promise.all(['secret', 'open', 'plain'].map(mode)), [
		'600',
		'666',
		(0o666 & ~process.umask()).toString(8),
	]);
});

test('long and odd names are written like any other', async t => {
	const folder = await temporaryFolder(t);
	for (const name of ['x'.repeat(255), '€'.repeat(85), ' a\nb ', '-rf', '.hidden']) {
		await files.write(join(folder, name), name);
		t.is(await files.readText(join(folder, name)), name);
	}
	t.is((await files.list(folder)).length, 5);
});

test('a written file replaces a link and not what it leads to', async t => {
	const folder = await temporaryFolder(t);
	await files.write(join(folder, 'victim'), 'untouched');
	await files.symlink('victim', join(folder, 'link'));
	await files.write(join(folder, 'link'), 'new');
	t.is(await files.readText(join(folder, 'victim')), 'untouched');
	t.is((await files.stat(join(folder, 'link')))?.type, 'file');
});

test('walks everything below a folder, sorted, without following links', async t => {
	const folder = await temporaryFolder(t);
	for (const name of ['b', 'a/z', 'a.x', 'B', 'a/b/c']) await files.write(join(folder, name), '');
	await files.symlink('..', join(folder, 'a/up'));
	await files.symlink('nothing', join(folder, 'dangling'));
	t.deepEqual(await files.walk(folder), ['B', 'a.x', 'a/b/c', 'a/up', 'a/z', 'b', 'dangling']);
	t.is(await files.readLink(join(folder, 'dangling')), 'nothing');
	t.is(await files.realPath(join(folder, 'dangling')), undefined);
	t.deepEqual(await files.walk(join(folder, 'no')), []);
});

test('a folder takes the place of another one, or that one stays', async t => {
	const folder = await temporaryFolder(t);
	await files.write(join(folder, 'old/a'), '1');
	await files.write(join(folder, 'new/b'), '2');
	await replaceFolder(files, join(folder, 'new'), join(folder, 'old'));
	t.deepEqual(await files.walk(folder), ['old/b']);
	await t.throwsAsync(replaceFolder(files, join(folder, 'missing'), join(folder, 'old')));
	t.deepEqual(await files.walk(folder), ['old/b']);
});

test('two writers of one file leave one of the contents, whole', async t => {
	const path = join(await temporaryFolder(t), 'file');
	const contents = Array.from({length: 20}, (_, index) => `${index}`.repeat(50_000));
	await Promise.all(contents.map(content => files.write(path, content)));
	t.true(contents.includes((await files.readText(path)) ?? ''));
	await utimes(path, 1, 1);
	t.is((await files.stat(path))?.modified, 1000);
});

test('the folders of the user follow the XDG base directories', t => {
	const folders = (env: Record<string, string>) => nodeHost({cwd: '/', env}).folders;
	t.deepEqual(folders({HOME: '/h'}), {
		cache: '/h/.cache/occo',
		config: '/h/.config/occo',
		data: '/h/.local/share/occo',
		state: '/h/.local/state/occo',
	});
	t.is(folders({HOME: '/h', XDG_CACHE_HOME: '/c'}).cache, '/c/occo');
	t.is(folders({HOME: '/h', XDG_CACHE_HOME: 'relative'}).cache, '/h/.cache/occo');
	t.is(folders({HOME: '/h', XDG_CACHE_HOME: '/c', OCCO_CACHE: '/mine'}).cache, '/mine');
});

test('the C library is the one that this Node is linked with', t => {
	const {header} = process.report.getReport() as unknown as {header: {glibcVersionRuntime?: string}};
	t.is(
		platform.libc,
		process.platform === 'linux' ? (header.glibcVersionRuntime ? 'glibc' : 'musl') : undefined,
	);
});
