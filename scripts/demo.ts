// The main job, end to end, on the example polyrepo and the embedded registry: `npm run demo`. Safe to repeat.
import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {styleText} from 'node:util';
import {makePolyrepo} from '@occo/polyrepo';
import {prepareFolder} from './demo-folder.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'demo');
const bin = join(root, 'node_modules', '.bin');
const occo = join(bin, 'occo');
const workspace = join(folder, 'workspace');

// Everything of the demo lies in its folder, so that your own registry and cache are not touched.
const env = {
	...process.env,
	XDG_DATA_HOME: join(folder, 'data'),
	XDG_CACHE_HOME: join(folder, 'cache'),
	XDG_STATE_HOME: join(folder, 'data'),
	PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
};

class Stopped extends Error {}

interface Shown {
	readonly cwd?: string;
	/** How the command is shown, where that is not what is run. */
	readonly as?: string;
	/** Keep its output instead of showing it. */
	readonly quiet?: boolean;
}

const say = (text: string): void => console.log(`\n${styleText('bold', text)}`);

/** Runs a command where the reader can see it; answers what it printed when that is kept. */
function run(program: string, argv: readonly string[], {cwd = workspace, as, quiet}: Shown = {}): string {
	console.log(`\n${styleText('cyan', `$ ${as ?? [program, ...argv].join(' ')}`)}`);
	const result = spawnSync(program, argv, {
		cwd,
		env,
		encoding: 'utf8',
		stdio: ['ignore', quiet ? 'pipe' : 'inherit', 'inherit'],
	});
	if (result.status === 0) return result.stdout ?? '';
	if (result.signal === 'SIGINT' || result.status === 130) throw new Stopped('interrupted');
	throw new Stopped(`this command ended with ${result.error?.message ?? `exit code ${result.status}`}`);
}

// In a log the answer says it all; on a terminal progress goes away by itself.
const silently: readonly string[] = process.stderr.isTTY ? [] : ['--quiet'];

const inWorkspace = (...argv: readonly string[]): string =>
	run(occo, [...argv, ...silently], {as: `occo ${argv.join(' ')}`});

/** Whether this machine lets us run a command in a network of its own, with nothing in it. */
const canIsolate = (): boolean => spawnSync('unshare', ['-rn', 'true'], {stdio: 'ignore'}).status === 0;

function deliver(): void {
	say('1. Ten git repositories that depend on each other become a workspace');
	makePolyrepo(folder);
	inWorkspace('clone-all');
	inWorkspace('status');
	inWorkspace('order', '--layers');
	say('2. One of them, with everything that it needs, becomes a wheelhouse and one file to carry');
	inWorkspace('package', 'api', '--bundle', 'orchard.tar');
	inWorkspace('verify', 'orchard.tar', '--closure', '--install');
	const warm = Date.now();
	inWorkspace('package', 'api');
	console.log(`nothing had changed: ${Date.now() - warm} ms`);
}

function installOffline(): void {
	const isolated = canIsolate();
	say(
		isolated
			? '3. It is installed and runs with the network switched off (unshare -rn)'
			: '3. It is installed and runs without a network (this machine does not let the demo switch it off)',
	);
	const offline = (program: string, argv: readonly string[], shown: Shown): string =>
		isolated ? run('unshare', ['-rn', program, ...argv], shown) : run(program, argv, shown);
	offline(occo, ['install', 'orchard.tar', '--into', join(folder, 'installed'), ...silently], {
		as: 'occo install orchard.tar --into ../installed',
	});
	offline(join(folder, 'installed', 'bin', 'orchard'), ['deploy'], {
		cwd: folder,
		as: 'demo/installed/bin/orchard deploy',
	});
}

function publish(): void {
	say('4. A private registry gets all of it, and any npm client installs from there');
	const started = run(occo, ['registry', 'start', '--port', '0', '--detach', '--json'], {
		as: 'occo registry start --port 0 --detach',
		quiet: true,
	});
	const {npm} = JSON.parse(started) as {npm: string};
	console.log(`running  ${npm}`);
	inWorkspace('upload', 'api', '--registry', npm);
	inWorkspace('upload', 'api', '--registry', npm);
	const client = join(folder, 'client');
	mkdirSync(client);
	writeFileSync(join(client, '.npmrc'), `registry=${npm}\n`);
	writeFileSync(join(client, 'package.json'), '{"private": true}\n');
	const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--cache', join(client, 'cache')];
	run('npm', ['install', ...quiet, 'orchard-api'], {cwd: client, as: 'npm install orchard-api'});
	run(join(client, 'node_modules', '.bin', 'orchard'), ['plan'], {
		cwd: client,
		as: 'node_modules/.bin/orchard plan',
	});
}

const stopRegistry = (): void =>
	void spawnSync(occo, ['registry', 'stop', '--quiet'], {cwd: root, env, stdio: 'ignore'});

// The command that runs gets the signal too; afterwards the registry is stopped here.
process.on('SIGINT', () => {});
const began = Date.now();
// One that an interrupted run has left.
stopRegistry();
const obstacle = prepareFolder(folder);
if (obstacle !== undefined) {
	console.error(
		`error: ${obstacle}\nhint: move it away, or delete the folder \`demo\`, and run the demo again`,
	);
	process.exit(1);
}
try {
	deliver();
	installOffline();
	publish();
	say(`The whole road took ${((Date.now() - began) / 1000).toFixed(0)} s. What to try next:`);
	console.log(`  cd demo/workspace
  alias occo=../../node_modules/.bin/occo
  occo order --up-to enactor          what the enactor needs, in build order
  occo package --all                  a wheelhouse of every component
  occo install enactor --into /tmp/enactor
  occo registry start                 a registry of your own; then \`occo upload api --registry http://127.0.0.1:4873/\`
  occo --help`);
} catch (error) {
	if (!(error instanceof Stopped)) throw error;
	console.error(`\nerror: the demo stops here: ${error.message}`);
	process.exitCode = 1;
} finally {
	stopRegistry();
}
