import {join} from 'node:path';
import {cleanEnvironment, type Host} from '@occo/host';
import {OccoError} from '@occo/model';
import {gitReason} from './failure.ts';
import {gitOutput} from './git.ts';

/** Seconds since the epoch of a commit (committer date). */
export async function commitTime(host: Host, checkout: string, commit: string): Promise<number> {
	return Number(
		await gitOutput(host, ['show', '-s', '--format=%ct', '--end-of-options', commit], {cwd: checkout}),
	);
}

/** Whether tracked files differ from HEAD or untracked ones lie about. */
export async function isDirty(host: Host, checkout: string): Promise<boolean> {
	return (
		(await gitOutput(host, ['status', '--porcelain', '--untracked-files=normal'], {cwd: checkout})) !== ''
	);
}

/**
 * Writes exactly what a commit holds into a folder: the bytes that are committed, no filters' outcome of this machine, no
 * links that lead out, nothing of `.git`. With `dirty` the work tree's changes and new files (not the ignored ones) lie
 * over it. Neither the checkout's index nor its objects are touched.
 */
export async function exportCommit(
	host: Host,
	checkout: string,
	commit: string,
	folder: string,
	dirty = false,
): Promise<void> {
	const work = await host.files.temporaryFolder('occo-export-');
	try {
		await host.files.makeFolder(folder);
		const objects = await gitOutput(host, ['rev-parse', '--path-format=absolute', '--git-path', 'objects'], {
			cwd: checkout,
		});
		const env = {
			...cleanEnvironment(host.env),
			GIT_INDEX_FILE: join(work, 'index'),
			GIT_OBJECT_DIRECTORY: join(work, 'objects'),
			GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
			GIT_ALLOW_PROTOCOL: '',
		};
		await host.files.makeFolder(join(work, 'objects'));
		const run = (argv: readonly string[]): Promise<void> => plumb(host, checkout, argv, env);
		await run(['read-tree', commit]);
		if (dirty) await run(['add', '--all', '--', '.']);
		await run(['checkout-index', '--all', '--force', `--prefix=${folder}/`]);
	} finally {
		await host.files.remove(work);
	}
	await refuseEscapes(host, folder);
}

const settings = [
	'core.hooksPath=/dev/null',
	'core.fsmonitor=false',
	'core.autocrlf=false',
	'core.attributesFile=/dev/null',
];

async function plumb(
	host: Host,
	cwd: string,
	argv: readonly string[],
	env: Readonly<Record<string, string>>,
): Promise<void> {
	const guards = settings.flatMap(setting => ['-c', setting]);
	const finished = await host.run({program: 'git', arguments: [...guards, ...argv], cwd, env, umask: 0o022});
	if (finished.code === 0) return;
	throw new OccoError('OCCO_GIT', `git ${argv[0]}: ${gitReason(finished)}`, {kind: 'world'});
}

/** A committed link that leads out of the export could make a build read or write elsewhere. */
async function refuseEscapes(host: Host, folder: string): Promise<void> {
	const root = await host.files.realPath(folder);
	for (const file of await host.files.walk(folder)) {
		const path = join(folder, file);
		const target = await host.files.readLink(path).catch(() => undefined);
		if (target === undefined) continue;
		const real = await host.files.realPath(path);
		if (real !== undefined && root !== undefined && (real === root || real.startsWith(`${root}/`))) continue;
		throw new OccoError('OCCO_LINK', `the committed link \`${file}\` leads out of its repository`, {
			hint: 'replace it by the file it names',
		});
	}
}
