import {appendFile, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {ecosystems} from '@occo/ecosystems';
import {gitRepository, runGit, type TestWorkspace, workspaceOf} from '@occo/testkit';
import test from 'ava';
import {cloneAll} from '../src/clone-all.ts';
import {isVulnerable} from '../src/doctor.ts';
import {parsePorcelain} from '../src/git/status.ts';
import {openSettings} from '../src/open.ts';
import {type ComponentStatus, type WorkspaceStatus, workspaceStatus} from '../src/status.ts';

async function clonedAndRead({host}: TestWorkspace): Promise<() => Promise<WorkspaceStatus>> {
	const settings = await openSettings(host);
	await cloneAll(host, settings, settings.components, {jobs: 4, inactivity: 20_000});
	return async () => {
		const now = await openSettings(host);
		return workspaceStatus(host, now, ecosystems, {components: now.components, jobs: 4});
	};
}

const one = (status: WorkspaceStatus, name: string): ComponentStatus =>
	status.components.find(component => component.name === name) as ComponentStatus;

const manifest = (name: string): string => JSON.stringify({name: `@team/${name}`, version: '1.2.3'});

test('a fresh checkout is clean, with its package, its version and where it comes from', async t => {
	const workspace = await workspaceOf(t, {
		util: {repository: {files: {'package.json': manifest('util')}}, settings: {branch: 'main'}},
		docs: {'index.md': ''},
		later: {'index.md': ''},
	});
	const status = await clonedAndRead(workspace);
	await rm(join(workspace.root, 'later'), {recursive: true});
	await gitRepository(join(workspace.root, 'stray'), {files: {a: ''}});
	const answer = await status();
	t.deepEqual(one(answer, 'util'), {
		name: 'util',
		folder: 'util',
		missing: false,
		ecosystem: 'npm',
		package: '@team/util',
		version: '1.2.3',
		branch: 'main',
		commit: workspace.remotes.util?.commits[0] ?? '',
		upstream: 'origin/main',
		ahead: 0,
		behind: 0,
		staged: 0,
		modified: 0,
		untracked: 0,
		conflicts: 0,
		stashes: 0,
		operation: null,
		wanted: 'main',
		onWanted: true,
		url: `file://${workspace.remotes.util?.folder}`,
		urlMismatch: false,
	});
	t.like(one(answer, 'docs'), {missing: false, ecosystem: null, version: null, wanted: null, onWanted: true});
	t.like(one(answer, 'later'), {missing: true, commit: null, branch: null, onWanted: false});
	t.deepEqual(answer.orphans, ['stray']);
});

test('every kind of local work is counted, and an operation in progress is named', async t => {
	const files = {'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n', 'package.json': manifest('x')};
	const workspace = await workspaceOf(t, {work: files, merge: files, broken: files});
	const status = await clonedAndRead(workspace);
	const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.org'];
	const work = join(workspace.root, 'work');
	await writeFile(join(work, 'c.txt'), 'stashed');
	await runGit(work, [...identity, 'stash', '-q']);
	await runGit(work, [...identity, 'commit', '-q', '--allow-empty', '-m', 'mine']);
	await runGit(work, ['mv', 'a.txt', 'with space\nand line.txt']);
	await writeFile(join(work, 'b.txt'), 'changed');
	await writeFile(join(work, '? new.txt'), '');
	await mkdir(join(work, 'folder'));
	await writeFile(join(work, 'folder', 'x'), '');
	const merge = join(workspace.root, 'merge');
	await runGit(merge, ['checkout', '-q', '-b', 'other']);
	await writeFile(join(merge, 'a.txt'), 'other\n');
	await runGit(merge, [...identity, 'commit', '-q', '-am', 'other']);
	await runGit(merge, ['checkout', '-q', 'main']);
	await writeFile(join(merge, 'a.txt'), 'main\n');
	await runGit(merge, [...identity, 'commit', '-q', '-am', 'main']);
	await t.throwsAsync(runGit(merge, [...identity, 'merge', '-q', 'other']));
	await runGit(merge, ['config', 'remote.origin.url', 'https://user:s3cret@git.example.org/moved.git']);
	await writeFile(join(workspace.root, 'broken', 'package.json'), '{"name": "x",,}');
	const answer = await status();
	t.like(one(answer, 'work'), {
		ahead: 1,
		behind: 0,
		staged: 1,
		modified: 1,
		untracked: 2,
		conflicts: 0,
		stashes: 1,
	});
	t.like(one(answer, 'merge'), {operation: 'merge', conflicts: 1, ahead: 1, urlMismatch: true});
	t.is(one(answer, 'merge').url, 'https://***@git.example.org/moved.git');
	t.regex(one(answer, 'broken').problem ?? '', /broken\/package\.json:1/);
	t.like(one(answer, 'broken'), {modified: 1, version: null});
	t.false(JSON.stringify(answer).includes('s3cret'));
});

test('whether a checkout is where occo.yaml wants it is told for tags, commits, branches and worktrees', async t => {
	const repository = {
		files: {a: '0'},
		commits: [{files: {a: '1'}}],
		tags: {v0: 0, v1: 1},
		branches: {devel: []},
	};
	const workspace = await workspaceOf(t, {
		branch: {repository, settings: {branch: 'main'}},
		tag: {repository, settings: {tag: 'v0'}},
		tree: {repository, settings: {branch: 'devel', folder: 'trees/tree'}},
	});
	const {root, remotes} = workspace;
	const status = await clonedAndRead(workspace);
	t.true((await status()).components.every(({onWanted}) => onWanted));
	await runGit(join(root, 'branch'), ['checkout', '-q', 'v1']);
	await runGit(join(root, 'tag'), ['checkout', '-q', 'v1']);
	await rm(join(root, 'trees/tree'), {recursive: true});
	await runGit(join(root, 'branch'), ['worktree', 'add', '-q', join(root, 'trees/tree'), 'devel']);
	const answer = await status();
	t.like(one(answer, 'branch'), {
		branch: null,
		commit: remotes.branch?.commits[1],
		onWanted: false,
		wanted: 'main',
	});
	t.like(one(answer, 'tag'), {onWanted: false, wanted: 'v0'});
	t.like(one(answer, 'tree'), {branch: 'devel', onWanted: true, missing: false, urlMismatch: true});
});

test('nested components are no untracked files of their parent, and shared checkouts are read once', async t => {
	const workspace = await workspaceOf(t, {
		outer: {'a.txt': ''},
		inner: {repository: {files: {b: ''}}, settings: {folder: 'outer/tools/inner'}},
	});
	const git = `file://${workspace.remotes.outer?.folder}`;
	const file = join(workspace.root, 'occo.yaml');
	await appendFile(
		file,
		['one', 'two'].map(path => `  ${path}: {git: "${git}", folder: mono, path: ${path}}\n`).join(''),
	);
	const status = await clonedAndRead(workspace);
	t.is(one(await status(), 'outer').untracked, 0);
	await writeFile(join(workspace.root, 'outer', 'tools', 'new.txt'), '');
	await writeFile(join(workspace.root, 'mono', 'a.txt'), 'changed');
	const answer = await status();
	t.is(one(answer, 'one').modified, 1);
	t.is(one(answer, 'two').modified, 1);
	t.true((await readFile(file, 'utf8')).includes('mono'));
});

test('porcelain v2 with renames, conflicts and odd names is read as git wrote it', t => {
	const text = [
		'# branch.oid 1111111111111111111111111111111111111111',
		'# branch.head topic/x',
		'# branch.upstream origin/topic/x',
		'# branch.ab +2 -13',
		'# stash 4',
		'2 R. N... 100644 100644 100644 a b R100 new',
		'1 .M N... old name that looks like an entry',
		'1 MM N... 100644 100644 100644 a b both',
		'u UU N... 100644 100644 100644 100644 a b c conflict',
		'? untracked',
		'? nested/',
		'',
	].join('\0');
	t.like(parsePorcelain(text, ['nested/deep']), {
		branch: 'topic/x',
		upstream: 'origin/topic/x',
		ahead: 2,
		behind: 13,
		stashes: 4,
		staged: 2,
		modified: 1,
		conflicts: 1,
		untracked: 1,
	});
	t.like(parsePorcelain('# branch.oid (initial)\0# branch.head main\0'), {
		branch: 'main',
		commit: null,
		ahead: null,
	});
});

test('releases of git with the local clone hole are told from repaired ones', t => {
	const vulnerable = ['2.30.0', '2.39.3', '2.43.3', '2.44.0', '2.45.0'];
	const repaired = ['2.39.4', '2.39.5', '2.43.4', '2.44.1', '2.45.1', '2.50.0', '3.0.0'];
	t.deepEqual(
		vulnerable.filter(version => !isVulnerable(version)),
		[],
	);
	t.deepEqual(repaired.filter(isVulnerable), []);
});
