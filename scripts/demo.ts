// The main job, end to end, on the example polyrepo and the embedded registry: `npm run demo`. Safe to repeat.
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {makePolyrepo} from '@occo/polyrepo';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'demo');
const occo = join(root, 'node_modules', '.bin', 'occo');
/** What an earlier run made; nothing else in the folder is touched. */
const own = ['remotes', 'workspace', 'data', 'installed', 'client'];

const env = {
	...process.env,
	XDG_DATA_HOME: join(folder, 'data'),
	PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
};

/** Runs a command where the reader can see it; answers its standard output when `quiet`. */
function run(
	cwd: string,
	program: string,
	argv: readonly string[],
	options: {quiet?: boolean; shown?: string} = {},
): string {
	console.log(`\n$ ${options.shown ?? [program.split('/').at(-1), ...argv].join(' ')}`);
	const result = spawnSync(program, argv, {
		cwd,
		env,
		encoding: 'utf8',
		stdio: ['ignore', options.quiet ? 'pipe' : 'inherit', 'inherit'],
	});
	if (result.status === 0) return result.stdout ?? '';
	console.error(
		`\nthe demo stops here: the command above ended with ${result.error?.message ?? `exit code ${result.status}`}`,
	);
	process.exit(1);
}

/** Whether this machine lets us run a command in a network of its own, with nothing in it. */
function canIsolate(): boolean {
	return spawnSync('unshare', ['-rn', 'true'], {stdio: 'ignore'}).status === 0;
}

const started = Date.now();
if (existsSync(join(folder, 'data')))
	spawnSync(occo, ['registry', 'stop'], {cwd: root, env, stdio: 'ignore'});
for (const name of own) rmSync(join(folder, name), {recursive: true, force: true});
mkdirSync(folder, {recursive: true});

console.log('An example: eight git repositories that depend on each other, in ./demo');
const {workspace} = makePolyrepo(folder);
const inside = (...argv: string[]): string => run(workspace, occo, argv);

inside('clone-all');
inside('status');
inside('order', '--layers');
inside('package', 'api', '--bundle', join(folder, 'workspace', 'orchard.tar'));
inside('verify', 'api', '--closure', '--install');

const registry = JSON.parse(
	run(workspace, occo, ['registry', 'start', '--port', '0', '--detach', '--json'], {quiet: true}),
) as {url: string; npm: string};
console.log(`the private registry is at ${registry.url}`);
try {
	inside('upload', 'api', '--registry', registry.npm);
	inside('upload', 'api', '--registry', registry.npm);
	const warm = Date.now();
	inside('package', 'api');
	console.log(`(nothing changed: ${((Date.now() - warm) / 1000).toFixed(2)} s)`);

	const isolated = canIsolate();
	const install = ['install', 'orchard.tar', '--into', join(folder, 'installed')];
	console.log(
		isolated
			? '\nThe rest of the world is switched off for the next two commands (unshare).'
			: '\nThis machine does not let us switch the network off; the install uses none all the same.',
	);
	const [program, before] = isolated ? ['unshare', ['-rn', occo]] : [occo, []];
	run(workspace, program, [...before, ...install], {
		shown: `occo ${install.slice(0, 3).join(' ')} ../installed`,
	});
	const bin = join(folder, 'installed', 'bin', 'orchard');
	run('/', isolated ? 'unshare' : bin, isolated ? ['-rn', bin] : [], {shown: 'orchard'});

	const client = join(folder, 'client');
	mkdirSync(client);
	writeFileSync(join(client, '.npmrc'), `registry=${registry.npm}\n`);
	writeFileSync(join(client, 'package.json'), '{"private": true}\n');
	run(
		client,
		'npm',
		['install', '--no-audit', '--no-fund', '--cache', join(client, 'cache'), '@orchard/api'],
		{shown: 'npm install @orchard/api    # any client, from the private registry'},
	);
	run(client, join(client, 'node_modules', '.bin', 'orchard'), []);
} finally {
	spawnSync(occo, ['registry', 'stop'], {cwd: workspace, env, stdio: 'inherit'});
}

console.log(`\nThe whole road took ${((Date.now() - started) / 1000).toFixed(0)} s. What to try next:
  cd demo/workspace
  ../../node_modules/.bin/occo order --up-to enactor
  ../../node_modules/.bin/occo package --all
  ../../node_modules/.bin/occo --help`);
