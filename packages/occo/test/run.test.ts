import {spawnSync} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {basename} from 'node:path';
import {fileURLToPath} from 'node:url';
import {temporaryFolder, workspaceOf} from '@occo/testkit';
import test from 'ava';
import {parseArguments} from '../src/arguments.ts';
import type {Command} from '../src/command.ts';
import {commands} from '../src/commands/index.ts';
import {errorText, exitCode} from '../src/failure.ts';
import {commandHelp} from '../src/help.ts';
import {styleFor, table, width} from '../src/style.ts';
import {version} from '../src/version.ts';
import {occo, type Setting} from './in-process.ts';

const plain = styleFor(false, 80);
test('the version is that of package.json', async t => {
	const path = fileURLToPath(new URL('../package.json', import.meta.url));
	t.is(version, (JSON.parse(await readFile(path, 'utf8')) as {version: string}).version);
	for (const flag of ['--version', '-V', '-v', 'version']) {
		t.deepEqual(await occo({cwd: '/'}, flag), {code: 0, stdout: `${version}\n`, stderr: ''});
	}
});

test('the overview and every help page fit 80 columns and have what the reference needs', async t => {
	const {stdout, code} = await occo({cwd: '/'});
	t.is(code, 0);
	t.is((await occo({cwd: '/'}, '--help')).stdout, stdout);
	t.false(stdout.includes('__'));
	for (const entry of commands) {
		const command = await entry.load();
		t.is(command.name, entry.name);
		t.true(command.summary.length > 0 && entry.summary.length <= 66, entry.name);
		if (entry.hidden) continue;
		t.true(stdout.includes(entry.summary));
		t.true(command.examples.length > 0, entry.name);
		t.true(command.usage.startsWith(entry.name), entry.name);
		const page = await occo({cwd: '/'}, entry.name, '--help');
		t.is(page.code, 0);
		t.deepEqual(await occo({cwd: '/'}, 'help', entry.name), page);
		const long = `${stdout}${page.stdout}`
			.split('\n')
			.filter(line => line.length > 80 && !line.startsWith('  occo '));
		t.deepEqual(long, [], entry.name);
	}
});

const usage: readonly (readonly [argv: readonly string[], error: string, hint: string])[] = [
	[['clon-all'], 'unknown command `clon-all`', 'did you mean `clone-all`?'],
	[['frobnicate'], 'unknown command `frobnicate`', '`occo --help` lists the commands'],
	[['--vers'], 'unknown option `--vers`', 'did you mean `--version`?'],
	[['help', 'stats'], 'unknown command `stats`', 'did you mean `status`?'],
	[['status', '--jsn'], 'unknown option `--jsn`', 'did you mean `--json`?'],
	[['status', '-x'], 'unknown option `-x`', 'see `occo status --help`'],
	[['clone-all', '--jobs'], 'option `-j, --jobs <value>` argument missing', 'see `occo clone-all --help`'],
	[['clone-all', '--jobs', '0'], '`--jobs 0`: a whole number from 1 is needed', ''],
	[['clone-all', '--timeout=soon'], '`--timeout soon`: a whole number from 1 is needed', ''],
	[
		['status', '--progress', 'jsn'],
		'`--progress jsn`: not one of auto, lines, json, none',
		'did you mean `json`?',
	],
	[['status', '--json=yes'], 'option `--json` does not take an argument', 'see `occo status --help`'],
	[['doctor', 'now'], '`occo doctor` takes no arguments, but got `now`', 'see `occo doctor --help`'],
	[['completion'], 'the shell is missing', '`occo completion bash|zsh|fish`'],
	[['completion', 'csh'], 'there is no completion for `csh`', '`occo completion bash|zsh|fish`'],
	[['-C'], '`-C` needs a folder', '`occo -C FOLDER COMMAND`'],
	[['\u001b]0;evil\u0007'], 'unknown command `\\u{1b}]0;evil\\u{7}`', '`occo --help` lists the commands'],
];

test('wrong usage ends with 2, one line that names it, and the nearest right word', async t => {
	const {root: cwd} = await workspaceOf(t, {});
	for (const [argv, error, hint] of usage) {
		const ran = await occo({cwd}, ...argv);
		const lines = [`error: ${error}`, ...(hint ? [`hint: ${hint}`] : [])];
		t.deepEqual(ran, {code: 2, stdout: '', stderr: `${lines.join('\n')}\n`}, argv.join(' '));
	}
});

test('a bug is told with its trace and where to report it, and ends with 70', t => {
	const error = new TypeError('x is not a function');
	t.is(exitCode(error), 70);
	t.regex(
		errorText(error, plain),
		/^bug: TypeError: x is not a function\n[\s\S]*run\.test\.ts[\s\S]*\nhint: .*issue/,
	);
});

test('colours follow the flags, then NO_COLOR, then what the output is', async t => {
	const cwd = await temporaryFolder(t);
	const coloured = async (setting: Omit<Setting, 'cwd'>, ...argv: string[]): Promise<boolean> =>
		(await occo({cwd, ...setting}, 'nope', ...argv)).stderr.includes('\u001b[');
	t.false(await coloured({env: {NO_COLOR: undefined}}));
	t.true(await coloured({env: {NO_COLOR: undefined}, terminal: 80}));
	t.false(await coloured({env: {NO_COLOR: '1'}, terminal: 80}));
	t.true(await coloured({env: {NO_COLOR: '1'}, terminal: 80}, '--color'));
	t.true(await coloured({env: {NO_COLOR: undefined, FORCE_COLOR: '1'}}));
	t.false(await coloured({env: {NO_COLOR: undefined}, terminal: 80}, '--no-color'));
});

test('a table shortens its columns and wraps its last one to the width that there is', t => {
	const style = styleFor(true, 60);
	const long = 'a message that says at some length what is wrong and what to do';
	const text = table(
		[
			[style.bad('failed'), 'a-component-with-a-very-long-name-indeed', long],
			['ok', '組件', ''],
		],
		60,
	);
	const lines = text.split('\n');
	t.true(
		lines.every(line => width(line) <= 60),
		text,
	);
	t.true(text.includes('…'));
	t.is(
		lines
			.slice(0, -1)
			.map(line =>
				line
					.slice(-20)
					.trim()
					.split(/\s{2,}/)
					.at(-1),
			)
			.join(' ')
			.replaceAll(/\s+/g, ' ')
			.includes('what to do'),
		true,
	);
	t.is(table([['a', 'b'.repeat(300)]], Number.POSITIVE_INFINITY).length, 303);
});

test('arguments after `--` are no options, and repeated ones add up', t => {
	const command: Command = {
		name: 'x',
		summary: '',
		usage: 'x [FILE...]',
		options: {only: {type: 'string', multiple: true, summary: ''}},
		examples: [],
		run: async () => ({}),
		print: () => '',
	};
	const {positionals, options} = parseArguments(command, [
		'--only',
		'a',
		'--only=b',
		'c',
		'--',
		'--json',
		'-x',
	]);
	t.deepEqual(positionals, ['c', '--json', '-x']);
	t.deepEqual(options.only, ['a', 'b']);
	t.is(options.json, undefined);
	t.false(commandHelp(command, plain).includes('undefined'));
});

const built = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The files of ours that a command line loads, by name. */
function loaded(...argv: string[]): string[] {
	const hook = `import {registerHooks} from 'node:module';
registerHooks({load: (url, context, next) => {
	if (url.startsWith('file:')) process.stderr.write(url + '\\n');
	return next(url, context);
}});`;
	const preload = `data:text/javascript,${encodeURIComponent(hook)}`;
	const {stderr} = spawnSync(process.execPath, ['--import', preload, built, ...argv], {encoding: 'utf8'});
	return stderr
		.trim()
		.split('\n')
		.map(url => basename(url));
}

test('--version and --help load nothing that they do not need', t => {
	t.deepEqual(loaded('--version'), ['main.js', 'run.js', 'version.js']);
	t.deepEqual(loaded('--help').sort(), [
		'common-options.js',
		'help.js',
		'index.js',
		'main.js',
		'run.js',
		'style.js',
		'version.js',
	]);
});

test.serial('--version starts as fast as Node itself', t => {
	const milliseconds = (...argv: string[]): number => {
		const start = performance.now();
		spawnSync(process.execPath, argv, {env: {PATH: process.env.PATH}});
		return performance.now() - start;
	};
	let [node, occo] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
	// The least of many tells what it costs; a busy machine needs more of them.
	for (let runs = 0; runs < 80 && (runs < 10 || occo > 1.3 * node); runs++) {
		node = Math.min(node, milliseconds('-e', '0'));
		occo = Math.min(occo, milliseconds(built, '--version'));
	}
	t.true(occo <= 1.3 * node, `${occo} ms beside ${node} ms`);
});
