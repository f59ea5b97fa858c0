import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {isOccoError} from '@occo/model';
import {temporaryFolder} from '@occo/testkit';
import test from 'ava';
import {nodeHost, withLock} from '../src/index.ts';

const host = nodeHost({cwd: process.cwd(), env: process.env});
const source = fileURLToPath(new URL('../src/index.ts', import.meta.url));

/** A process that takes the lock, says `held` and does what the script says. */
function holder(folder: string, script: string): ChildProcess {
	const program = `
		import {appendFileSync} from 'node:fs';
		import {nodeHost, withLock} from ${JSON.stringify(source)};
		const host = nodeHost({cwd: '/', env: process.env});
		const log = text => appendFileSync(${JSON.stringify(`${folder}.log`)}, text);
		const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
		for (let round = 0; round < ROUNDS; round++) await withLock(host, {folder: ${JSON.stringify(folder)}, holder: 'other', what: 'it', wait: true}, async () => {
			${script}
		});`;
	const rounds = script.includes('held') ? '1' : '5';
	const argv = ['--conditions=@occo/source', '--input-type=module', '-e', program.replace('ROUNDS', rounds)];
	return spawn(process.execPath, argv, {stdio: ['ignore', 'pipe', 'inherit']});
}

test('a second one fails at once and is told who holds the lock', async t => {
	const lock = {folder: join(await temporaryFolder(t), 'lock'), holder: 'occo test', what: 'this workspace'};
	await withLock(host, lock, async () => {
		const error = await t.throwsAsync(withLock(host, lock, async () => t.fail()));
		t.true(isOccoError(error) && error.code === 'OCCO_LOCKED' && error.kind === 'world');
		t.is(error?.message, `\`occo test\` (process ${process.pid}) is working on this workspace`);
	});
	t.is(await withLock(host, lock, async () => 'free again'), 'free again');
	t.is((await host.files.list(lock.folder)).length, 1);
});

test('a failure of the work frees the lock', async t => {
	const lock = {folder: join(await temporaryFolder(t), 'lock'), holder: 'a', what: 'it'};
	await t.throwsAsync(
		withLock(host, lock, async () => {
			throw new Error('work');
		}),
		{message: 'work'},
	);
	t.is(await withLock(host, lock, async () => 1), 1);
});

test('the lock of a killed process is taken over, that of a live one is not', async t => {
	const folder = join(await temporaryFolder(t), 'lock');
	const lock = {folder, holder: 'a', what: 'it'};
	const child = holder(folder, `console.log('held'); await pause(60_000);`);
	t.teardown(() => child.kill('SIGKILL'));
	await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
	const error = await t.throwsAsync(withLock(host, lock, async () => t.fail()));
	t.regex(error?.message ?? '', new RegExp(`\`other\` \\(process ${child.pid}\\)`));
	child.kill('SIGKILL');
	await once(child, 'exit');
	t.is(await withLock(host, lock, async () => 'taken over'), 'taken over');
});

test('the lock of a dead process whose id was given to another is taken over', async t => {
	const folder = join(await temporaryFolder(t), 'lock');
	await host.files.write(join(folder, '7'), JSON.stringify({pid: process.pid, name: 'old', started: '1'}));
	t.is(await withLock(host, {folder, holder: 'a', what: 'it'}, async () => 1), 1);
	await host.files.write(join(folder, '9'), 'damaged');
	t.is(await withLock(host, {folder, holder: 'a', what: 'it'}, async () => 2), 2);
	t.deepEqual(await host.files.list(folder), ['10']);
});

test('of many processes that wait, each works alone', async t => {
	const folder = join(await temporaryFolder(t), 'lock');
	await appendFile(`${folder}.log`, '');
	const children = Array.from({length: 4}, () => holder(folder, `log('<'); await pause(3); log('>');`));
	const codes = await Promise.all(children.map(async child => (await once(child, 'exit'))[0]));
	t.deepEqual(codes, [0, 0, 0, 0]);
	t.is(await readFile(`${folder}.log`, 'utf8'), '<>'.repeat(20));
});

test('waiting ends when it is interrupted', async t => {
	const folder = join(await temporaryFolder(t), 'lock');
	const controller = new AbortController();
	const interruptible = nodeHost({cwd: '/', env: process.env, signal: controller.signal});
	await withLock(host, {folder, holder: 'a', what: 'it'}, async () => {
		setTimeout(() => controller.abort(), 100);
		const waiting = withLock(interruptible, {folder, holder: 'b', what: 'it', wait: true}, async () =>
			t.fail(),
		);
		const error = await t.throwsAsync(waiting);
		t.true(isOccoError(error) && error.kind === 'interrupted');
	});
});
