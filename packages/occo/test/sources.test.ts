import {spawnSync} from 'node:child_process';
import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {isolatedEnvironment, occoFromSources, runOcco, temporaryFolder, workspaceOf} from '@occo/testkit';
import test from 'ava';
import {commands} from '../src/commands/index.ts';
import {width} from '../src/style.ts';
import {occo} from './in-process.ts';

const workspaces: readonly (readonly [argv: readonly string[], file: string | undefined, error: RegExp])[] = [
	[['status'], undefined, /no `occo\.yaml` in `.*` or any folder above it\nhint: .*`occo init`/],
	[['clone-all'], 'components: {a: [', /occo\.yaml:1/],
	[['clone-all'], 'components:\n  a: {git: "https://h/x", brnch: x}\n', /occo\.yaml:2.*brnch[\s\S]*branch/],
	[
		['clone-all', 'utl'],
		'components:\n  util: {git: "https://h/x"}\n',
		/no component `utl`\nhint: did you mean `util`\?/,
	],
	[
		['status', 'x*'],
		'components:\n  util: {git: "https://h/x"}\n',
		/no component `x\*`\nhint: components: util/,
	],
	[
		['clone-all'],
		'components:\n  a: {git: "--upload-pack=touch PWN"}\n',
		/occo\.yaml:2.*is refused: it starts with `-`/,
	],
	[['clone-all'], 'components:\n  a: {git: "ext::sh -c touch% PWN"}\n', /occo\.yaml:2.*is refused/],
	[
		['clone-all'],
		'components:\n  a: {git: "https://u:s3cret@h/x"}\n',
		/^(?![\s\S]*s3cret)[\s\S]*occo\.yaml:2.*credentials/,
	],
	[
		['clone-all'],
		'components:\n  a: {git: "https://h/x", folder: ../x}\n',
		/occo\.yaml:2.*leads out of the workspace/,
	],
	[['clone-all'], 'components:\n  a: {git: "https://h/x", branch: --force}\n', /occo\.yaml:2.*is refused/],
	[
		['status'],
		'components:\n  a: {git: "https://h/x", folder: x}\n  b: {git: "https://h/y", folder: X}\n',
		/occo\.yaml.*`b`|`a`/,
	],
];

test('a bad workspace file ends with 2, file and line are named, nothing is made, and --json has it too', async t => {
	for (const [argv, file, error] of workspaces) {
		const cwd = await temporaryFolder(t);
		if (file !== undefined) await writeFile(join(cwd, 'occo.yaml'), file);
		const ran = await occo({cwd}, ...argv);
		t.is(ran.code, 2, ran.stderr);
		t.regex(ran.stderr, error);
		t.is(ran.stdout, '');
		const data = await occo({cwd}, ...argv, '--json');
		t.deepEqual({code: data.code, stderr: data.stderr}, {code: 2, stderr: ran.stderr});
		const document = JSON.parse(data.stdout) as {schema: string; error: {code: string; message: string}};
		t.is(document.schema, `occo/${argv[0]}@1`);
		t.regex(document.error.code, /^OCCO_/);
		t.deepEqual(
			(await readdir(cwd)).filter(name => name !== 'home'),
			file === undefined ? [] : ['occo.yaml'],
		);
	}
});

test('clone-all and status answer from a sub-folder, as table and as data, and a failed component ends with 1', async t => {
	const {root, folder} = await workspaceOf(t, {
		util: {
			repository: {files: {'package.json': '{"name": "util", "version": "1.10.0"}'}},
			settings: {branch: 'main'},
		},
		web: {repository: {files: {}}, settings: {git: 'file:///nowhere'}},
	});
	await mkdir(join(root, 'sub'));
	const env = isolatedEnvironment(folder);
	const first = await occo({cwd: join(root, 'sub'), env}, 'clone-all');
	t.is(first.code, 1);
	t.regex(
		first.stdout,
		/^cloned {2}util {2}[0-9a-f]{12}\nfailed {2}web {3}.*does not appear.*\n2 components: 1 cloned, 1 failed\n$/,
	);
	t.regex(first.stderr, /✔ util [0-9a-f]{12}\n/);
	const second = await occo({cwd: root, env}, 'clone-all', '--json', '--quiet');
	t.is(second.stderr, '');
	t.like(JSON.parse(second.stdout), {
		schema: 'occo/clone-all@1',
		components: [
			{name: 'util', folder: 'util', state: 'present'},
			{name: 'web', state: 'failed', commit: null, reason: 'not-found'},
		],
	});
	const status = await occo({cwd: '/', env}, '-C', join(root, 'util'), 'status');
	t.is(
		status.stdout,
		'component  version  branch  sync  changes\nutil       1.10.0   main    =     clean\nweb                                        not cloned\n',
	);
	const data = JSON.parse((await occo({cwd: root, env}, '--json', 'status', 'util')).stdout);
	t.like(data, {schema: 'occo/status@1', orphans: []});
	t.is(data.components.length, 1);
	t.is(Object.keys(data)[0], 'schema');
	const events = await occo({cwd: root, env}, 'clone-all', 'util', '--progress', 'json');
	t.like(JSON.parse(events.stderr.split('\n')[0] ?? ''), {type: 'phase', phase: 'clone-all', total: 1});
});

test('on a terminal progress is one area that leaves nothing behind, failures excepted', async t => {
	const {root, folder} = await workspaceOf(t, {
		util: {'a.txt': ''},
		web: {repository: {files: {}}, settings: {git: 'file:///nowhere'}},
	});
	const env = {...isolatedEnvironment(folder), TERM: 'xterm'};
	const {stderr, stdout} = await occo({cwd: root, env, terminal: 80}, 'clone-all');
	t.false(stdout.includes('\u001b'));
	t.true(stderr.includes('clone-all: '));
	const screen = screenOf(stderr);
	t.is(screen.length, 1, screen.join('\n'));
	t.regex(screen[0] ?? '', /^✘ web /);
	t.true(stderr.split(/[\n\r]/).every(line => width(line) <= 160));
});

/** What is left on a terminal's screen that only knows "up" and "erase below". */
function screenOf(written: string): string[] {
	const rows: string[] = [''];
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of a terminal
	for (const piece of written.split(/(\u001b\[\d+A|\u001b\[0J|\r|\n)/)) {
		// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of a terminal
		const up = /^\u001b\[(\d+)A$/.exec(piece)?.[1];
		if (up !== undefined) rows.splice(rows.length - 1 - Number(up), rows.length, '');
		else if (piece === '\n') rows.push('');
		else if (piece !== '\r' && piece !== '\u001b[0J') rows[rows.length - 1] = (rows.at(-1) ?? '') + piece;
	}
	return rows.filter(row => row !== '');
}

test('what comes from outside cannot act on the terminal', async t => {
	const {root, folder} = await workspaceOf(t, {
		util: {
			repository: {
				files: {'package.json': '{"name": "util", "version": "1\\u001b]0;x\\u0007\\u202e\\nweb 2"}'},
			},
		},
	});
	const env = isolatedEnvironment(folder);
	await occo({cwd: root, env}, 'clone-all');
	const {stdout} = await occo({cwd: root, env}, 'status');
	// biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is the point
	t.notRegex(stdout, /[\u0000-\u0009\u000b-\u001f\u202e]/);
	t.is(stdout.trimEnd().split('\n').length, 2, stdout);
});

test('the program itself: Ctrl-C ends with 130 and nothing half done, a reader that leaves early is no error', async t => {
	const server = createServer(() => {});
	await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	const git = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
	const {root, folder} = await workspaceOf(
		t,
		{silent: {repository: {}, settings: {git}}},
		{top: {protocols: ['http']}},
	);
	const env = isolatedEnvironment(folder, {NODE_COMPILE_CACHE: undefined});
	const controller = new AbortController();
	server.on('connection', () => controller.abort());
	const ran = await runOcco(['clone-all'], {cwd: root, env, signal: controller.signal});
	t.is(ran.code, 130, ran.stderr);
	t.regex(ran.stderr, /^error: interrupted\nhint: /);
	t.deepEqual((await readdir(root)).sort(), ['.occo', 'occo.yaml']);
	const early = spawnSync(
		'bash',
		['-c', 'set -o pipefail; "$@" | true', 'bash', process.execPath, ...occoFromSources, 'help', 'clone-all'],
		{env, encoding: 'utf8'},
	);
	t.deepEqual([early.status, early.stderr], [0, '']);
});

test('an interrupted command ends with 130', async t => {
	const {root, folder} = await workspaceOf(t, {util: {'a.txt': ''}});
	const signal = AbortSignal.abort();
	const ran = await occo({cwd: root, env: isolatedEnvironment(folder), signal}, 'clone-all', '--json');
	t.is(ran.code, 130);
	t.like(JSON.parse(ran.stdout), {schema: 'occo/clone-all@1', error: {code: 'OCCO_INTERRUPTED'}});
});

test('the completion scripts are taken by their shells, and components are completed', async t => {
	const {root, folder} = await workspaceOf(t, {util: {a: ''}, 'info-broker': {a: ''}});
	const env = isolatedEnvironment(folder);
	t.is((await occo({cwd: root, env}, '__components')).stdout, 'info-broker\nutil\n');
	t.is((await occo({cwd: folder, env}, '__components')).stdout, '');
	for (const shell of ['bash', 'zsh', 'fish']) {
		const {stdout, code} = await occo({cwd: root, env}, 'completion', shell);
		t.is(code, 0);
		for (const {name, hidden} of commands) t.is(stdout.includes(name), true, `${shell} ${name} ${hidden}`);
		const checked = spawnSync(shell, ['-n'], {input: stdout, encoding: 'utf8'});
		if (checked.error === undefined) t.is(checked.status, 0, checked.stderr);
	}
	const {stdout} = await occo({cwd: root, env}, 'completion', 'bash');
	const ask = (...words: string[]): string[] => {
		const script = `occo() { printf 'info-broker\\nutil\\n'; }\n${stdout}\nCOMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _occo; printf '%s\\n' "\${COMPREPLY[@]}"`;
		return spawnSync('bash', ['-c', script], {encoding: 'utf8'}).stdout.trim().split('\n');
	};
	t.deepEqual(ask('occo', 'cl'), ['clone-all']);
	t.deepEqual(ask('occo', 'clone-all', 'i'), ['info-broker']);
	t.deepEqual(ask('occo', 'status', '--js'), ['--json']);
	t.deepEqual(ask('occo', 'status', '--progress', 'l'), ['lines']);
	t.deepEqual(ask('occo', 'completion', 'f'), ['fish']);
});
