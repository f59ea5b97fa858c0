import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** Where the example's files are. */
const example = fileURLToPath(new URL('../../../examples/polyrepo/', import.meta.url));

/** Fixed, so that the same files are the same commits on every machine. */
const identity = {
	GIT_AUTHOR_NAME: 'Orchard',
	GIT_AUTHOR_EMAIL: 'orchard@example.org',
	GIT_AUTHOR_DATE: '2026-01-01T12:00:00Z',
	GIT_COMMITTER_NAME: 'Orchard',
	GIT_COMMITTER_EMAIL: 'orchard@example.org',
	GIT_COMMITTER_DATE: '2026-01-01T12:00:00Z',
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_CONFIG_SYSTEM: '/dev/null',
};

/** The example polyrepo as git repositories. */
export interface Polyrepo {
	/** Absolute; holds `occo.yaml` and nothing else yet. */
	readonly workspace: string;
	/** Names of the components, sorted. */
	readonly components: readonly string[];
}

/** Makes a bare repository of each component in `<folder>/remotes` and an empty workspace in `<folder>/workspace`. */
export function makePolyrepo(folder: string): Polyrepo {
	const remotes = join(folder, 'remotes');
	const workspace = join(folder, 'workspace');
	const components = readdirSync(example, {withFileTypes: true})
		.filter(entry => entry.isDirectory())
		.map(({name}) => name)
		.sort();
	const work = mkdtempSync(join(tmpdir(), 'occo-polyrepo-'));
	try {
		for (const name of components)
			makeRemote(join(example, name), join(work, name), join(remotes, `${name}.git`));
	} finally {
		rmSync(work, {recursive: true, force: true});
	}
	mkdirSync(workspace, {recursive: true});
	const text = readFileSync(join(example, 'occo.yaml'), 'utf8');
	// A URL, so that blanks in the folder's name are no blanks in the workspace file.
	writeFileSync(join(workspace, 'occo.yaml'), text.replace('${remotes}', encodeURI(remotes)));
	return {workspace, components};
}

function makeRemote(source: string, checkout: string, remote: string): void {
	cpSync(source, checkout, {recursive: true});
	const git = (cwd: string, ...argv: string[]): void => {
		execFileSync('git', ['-c', 'core.autocrlf=false', '-c', 'gc.auto=0', ...argv], {
			cwd,
			env: {...process.env, ...identity},
			stdio: 'pipe',
		});
	};
	git(checkout, 'init', '--quiet', '--initial-branch=main');
	git(checkout, 'add', '--all');
	git(checkout, 'commit', '--quiet', '--message=The first version');
	rmSync(remote, {recursive: true, force: true});
	mkdirSync(join(remote, '..'), {recursive: true});
	git(checkout, 'clone', '--quiet', '--bare', '--', checkout, remote);
}
