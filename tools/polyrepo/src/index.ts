import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

/** Where the example's files are. */
const example = fileURLToPath(new URL('../../../examples/polyrepo/', import.meta.url));

/** Where the example's workspace file says that the repositories are. */
const placeholder = 'file:///srv/git/orchard';

/** Fixed, so that the same files are the same commits on every machine. */
const identity = {
	GIT_AUTHOR_NAME: 'Orchard',
	GIT_AUTHOR_EMAIL: 'orchard@example.org',
	GIT_AUTHOR_DATE: '2026-01-01T12:00:00Z',
	GIT_COMMITTER_NAME: 'Orchard',
	GIT_COMMITTER_EMAIL: 'orchard@example.org',
	GIT_COMMITTER_DATE: '2026-01-01T12:00:00Z',
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_CONFIG_NOSYSTEM: '1',
};

/** The example polyrepo as git repositories. */
export interface Polyrepo {
	/** Absolute; holds `occo.yaml` and nothing else yet. */
	readonly workspace: string;
	/** The commit of each component on its branch `main`, by name. */
	readonly commits: Readonly<Record<string, string>>;
}

/**
 * Makes a bare repository of each component in `<folder>/remotes` and a workspace file that names them in
 * `<folder>/workspace`. Remotes of an earlier run are replaced; the same files give the same commits anywhere.
 */
export function makePolyrepo(folder: string): Polyrepo {
	const remotes = join(folder, 'remotes');
	const workspace = join(folder, 'workspace');
	const names = readdirSync(example, {withFileTypes: true})
		.filter(entry => entry.isDirectory())
		.map(({name}) => name)
		.sort();
	mkdirSync(remotes, {recursive: true});
	mkdirSync(workspace, {recursive: true});
	const work = mkdtempSync(join(tmpdir(), 'occo-polyrepo-'));
	try {
		const commits = names.map(name => [
			name,
			makeRemote(join(example, name), join(work, name), join(remotes, `${name}.git`)),
		]);
		writeFileSync(join(workspace, 'occo.yaml'), workspaceFile(remotes));
		return {workspace, commits: Object.fromEntries(commits)};
	} finally {
		rmSync(work, {recursive: true, force: true});
	}
}

/** The example's own, with the place of the remotes and with this machine among the targets. */
function workspaceFile(remotes: string): string {
	const text = readFileSync(join(example, 'occo.yaml'), 'utf8').replace(
		placeholder,
		() => pathToFileURL(remotes).href,
	);
	const here = `${process.platform} ${process.arch}`;
	return text.includes(here) ? text : text.replace(/npm: \[(.*)\]/, `npm: [${here}, $1]`);
}

/** A bare repository with one commit of all files of a folder; answers the commit. */
function makeRemote(source: string, checkout: string, remote: string): string {
	cpSync(source, checkout, {recursive: true, filter: path => !left.has(basename(path))});
	rmSync(remote, {recursive: true, force: true});
	git(checkout, 'init', '--quiet', '--template=', '--initial-branch=main');
	git(checkout, 'add', '--all');
	git(checkout, 'commit', '--quiet', '--message=The first version');
	git(checkout, 'clone', '--quiet', '--bare', '--template=', '--', checkout, remote);
	return git(checkout, 'rev-parse', 'HEAD');
}

/** What trying a component out in the example's own folder leaves behind. */
const left = new Set(['node_modules', 'dist', 'wheelhouse']);

function git(cwd: string, ...argv: readonly string[]): string {
	// A hook's variables would lead git into another repository.
	const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
	const env = {...Object.fromEntries(outside), ...identity};
	const settings = ['-c', 'core.autocrlf=false', '-c', 'core.filemode=true', '-c', 'gc.auto=0'];
	return execFileSync('git', [...settings, ...argv], {cwd, env, encoding: 'utf8', stdio: 'pipe'}).trim();
}
