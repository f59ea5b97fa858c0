import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {isOccoError} from '@occo/model';
import {temporaryFolder} from '@occo/testkit';
import test from 'ava';
import {nodeHost} from '../src/index.ts';

const host = nodeHost({cwd: process.cwd(), env: process.env});
const cwd = process.cwd();
const node = (script: string) => ({program: process.execPath, arguments: ['-e', script], cwd});

/** Whether a process exists and is no zombie. */
async function lives(pid: number): Promise<boolean> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	return stat !== undefined && !stat.includes(') Z ');
}

/** Waits for a number to be in a file. */
async function numberIn(path: string): Promise<number> {
	for (;;) {
		const text = await readFile(path, 'utf8').catch(() => '');
		if (text.endsWith('\n')) return Number(text);
		await pause(20);
	}
}

test('output of any size comes whole and as UTF-8', async t => {
	const {stdout} = await host.run(node('process.stdout.write("ü€".repeat(5_000_000))'));
	t.is(stdout.length, 10_000_000);
	t.true(stdout.endsWith('ü€'));
});

test('pieces of standard error are never cut within a character', async t => {
	const pieces: string[] = [];
	const script = `
		const bytes = Buffer.from('€');
		process.stderr.write(bytes.subarray(0, 1));
		setTimeout(() => process.stderr.write(bytes.subarray(1)), 100);`;
	const {stderr} = await host.run({...node(script), onStderr: text => void pieces.push(text)});
	t.deepEqual([stderr, pieces.join('')], ['€', '€']);
});

test('input is written and closed, and a child that does not read it is no failure', async t => {
	t.is((await host.run({program: 'cat', arguments: [], cwd, input: 'text'})).stdout, 'text');
	t.is((await host.run({program: 'true', arguments: [], cwd, input: 'x'.repeat(1_000_000)})).code, 0);
});

test('exit codes and signals are told apart', async t => {
	t.is((await host.run(node('process.exit(7)'))).code, 7);
	t.is((await host.run(node('process.kill(process.pid, "SIGKILL")'))).code, 137);
});

test('a child that goes on writing is not ended', async t => {
	const script =
		'let n = 0; const i = setInterval(() => (process.stderr.write("."), ++n === 8 && clearInterval(i)), 400)';
	const {timedOut, stderr} = await host.run({...node(script), inactivity: 2500});
	t.deepEqual([timedOut, stderr], [false, '........']);
});

test('a timeout ends what the child started, though it hides and refuses SIGTERM', async t => {
	const folder = await temporaryFolder(t);
	const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$ > pid; sleep 60' > /dev/null 2>&1 & sleep 60`;
	const started = Date.now();
	const done = await host.run({program: 'sh', arguments: ['-c', script], cwd: folder, inactivity: 1500});
	t.true(done.timedOut);
	t.true(Date.now() - started < 20_000);
	const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
	await pause(100);
	t.false(await lives(pid));
});

test('an interruption ends what the child started', async t => {
	const folder = await temporaryFolder(t);
	const controller = new AbortController();
	const interruptible = nodeHost({cwd, env: process.env, signal: controller.signal});
	const script = `sh -c 'echo $$ > pid; exec sleep 60' > /dev/null 2>&1 & sleep 60`;
	const running = interruptible.run({program: 'sh', arguments: ['-c', script], cwd: folder});
	const pid = await numberIn(join(folder, 'pid'));
	controller.abort();
	const error = await t.throwsAsync(running);
	t.true(isOccoError(error) && error.kind === 'interrupted');
	await pause(100);
	t.false(await lives(pid));
	await t.throwsAsync(interruptible.run(node('')), {message: 'interrupted'});
});

test('a helper that a child leaves behind does not hold its result back', async t => {
	const started = Date.now();
	const done = await host.run({program: 'sh', arguments: ['-c', 'echo done; sleep 30 & echo $! >&2'], cwd});
	t.teardown(() => process.kill(Number(done.stderr)));
	t.deepEqual([done.code, done.stdout], [0, 'done\n']);
	t.true(Date.now() - started < 20_000);
});

test("the umask is the child's only", async t => {
	const before = process.umask();
	const done = await host.run({program: 'sh', arguments: ['-c', 'umask'], cwd, umask: 0o027});
	t.is(done.stdout.trim(), '0027');
	await t.throwsAsync(host.run({program: 'sh', arguments: ['a\0b'], cwd, umask: 0o027}));
	t.is(process.umask(), before);
});

test('a folder that is not there is not taken for a missing program', async t => {
	const error = await t.throwsAsync(host.run({program: 'true', arguments: [], cwd: '/no/such/folder'}));
	t.true(
		isOccoError(error) && error.code === 'OCCO_FILE_MISSING' && error.message.includes('/no/such/folder'),
	);
});

test('a program is looked up as the shell does, but never relative to the folder', async t => {
	t.regex((await host.which('git')) ?? '', /^\/.*\/git$/);
	t.is(await host.which('occo-no-such'), undefined);
	const relative = nodeHost({cwd, env: {PATH: '.:node_modules/.bin'}});
	t.is(await relative.which('tsc'), undefined);
});

test('a child inside a git hook sees its own repository', async t => {
	const inHook = nodeHost({
		cwd,
		env: {...process.env, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index'},
	});
	const {stdout, code} = await inHook.run({
		program: 'git',
		arguments: ['rev-parse', '--is-inside-work-tree'],
		cwd,
	});
	t.deepEqual([code, stdout.trim()], [0, 'true']);
});
