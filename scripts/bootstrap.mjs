// Makes a fresh clone ready and then does one of two jobs: `node scripts/bootstrap.mjs demo|test`.
// Plain JavaScript without dependencies: any Node >= 20 runs it, and it brings the Node that everything else runs on.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const stamp = join(root, 'node_modules', '.cache', 'occo-bootstrap');
const pinned = `pnpm@${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.pnpm}`;

const jobs = {
	demo: [['demo', 'node', ['--conditions=@occo/source', 'scripts/demo.ts']]],
	test: [
		['lint', 'biome', ['check', '--error-on-warnings']],
		['unused code', 'knip', []],
		['packages', 'node', ['scripts/publint.ts']],
		['tests', 'ava', []],
	],
};

function stop(message, hint) {
	console.error(`error: ${message}${hint ? `\nhint: ${hint}` : ''}`);
	process.exit(1);
}

function run(title, program, args, options = {}) {
	const started = Date.now();
	console.log(`\n== ${title}`);
	// Inside an outer `npm run` the outer npm's settings must not reach the tools below.
	const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)));
	const result = spawnSync(program, args, {
		cwd: root,
		stdio: 'inherit',
		...options,
		env: {...env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`},
	});
	if (result.error) stop(`cannot run \`${program}\`: ${result.error.message}`);
	if (result.signal) process.exit(130);
	if (result.status !== 0) stop(`${title} failed (exit code ${result.status})`);
	console.log(`== ${title}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Whether a program of this name answers. */
const present = program => spawnSync(program, ['--version'], {stdio: 'ignore'}).status === 0;

const job = process.argv[2];
if (!Object.hasOwn(jobs, job ?? '')) stop(`say what to do: ${Object.keys(jobs).join(' or ')}`);
if (Number(process.versions.node.split('.')[0]) < 20)
	stop(`Node ${process.versions.node} is too old`, 'install Node 20 or newer');
if (!present('git')) stop('git is missing', 'install git and run the same command again');
if (!present('npm')) stop('npm is missing', 'it comes with Node');

const wanted = createHash('sha256');
for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
	wanted.update(readFileSync(join(root, file)));
const digest = wanted.digest('hex');
const installed =
	existsSync(stamp) && readFileSync(stamp, 'utf8') === digest && existsSync(join(bin, 'occo'));
if (!installed) {
	const arguments_ = ['install', '--frozen-lockfile'];
	// From a neutral folder: npm would otherwise take a pnpm without commands out of our node_modules.
	run(
		`install (${pinned}, Node 24 and the libraries of pnpm-lock.yaml into node_modules)`,
		'npm',
		['exec', '--yes', `--package=${pinned}`, '--', 'pnpm', '--dir', root, ...arguments_],
		{cwd: homedir()},
	);
}
run('build', 'tsc', ['-b']);
if (!installed) {
	mkdirSync(join(stamp, '..'), {recursive: true});
	writeFileSync(stamp, digest);
}
for (const [title, program, args] of jobs[job]) run(title, join(bin, program), args);
