import {spawn} from 'node:child_process';
import {mkdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {contentOf, type FileLiteral, type FileTree} from './file-tree.ts';
import {isolatedEnvironment} from './isolated-environment.ts';

/** One commit: the files that it writes, `null` for those that it removes. */
export interface CommitLiteral {
	readonly files?: Readonly<Record<string, FileLiteral | null>>;
	/** Default `Commit N`. */
	readonly message?: string;
}

/** A repository as a literal. */
export interface RepositoryLiteral {
	/** Files of the first commit. */
	readonly files?: FileTree;
	/** Further commits on the default branch. */
	readonly commits?: readonly CommitLiteral[];
	/** Other branches, each from the default branch's last commit. */
	readonly branches?: Readonly<Record<string, readonly CommitLiteral[]>>;
	/** Annotated tags: name -> a branch, or the number of a commit on the default branch counted from 0. */
	readonly tags?: Readonly<Record<string, string | number>>;
	/** Default `main`. */
	readonly defaultBranch?: string;
	/** Without a work tree, as servers have it. */
	readonly bare?: boolean;
}

/** A real git repository on disk. */
export interface Repository {
	/** Absolute. */
	readonly folder: string;
	/** Hashes of the default branch's commits, first to last. The same literal gives the same hashes anywhere. */
	readonly commits: readonly string[];
	/** Runs git in it and answers its output without the final newline; throws with git's words when it fails. */
	git(...argv: readonly string[]): Promise<string>;
}

/** 2024-01-01T00:00:00Z; each commit is a minute later than the one before. */
const epoch = 1_704_067_200;
const identity = 'Occo Test <test@example.org>';

/** Makes a real git repository from a literal: fixed identity and dates, no automatic clean-up. */
export async function gitRepository(folder: string, literal: RepositoryLiteral = {}): Promise<Repository> {
	const {defaultBranch = 'main', bare = false} = literal;
	await mkdir(folder, {recursive: true});
	const git = (...argv: readonly string[]): Promise<string> => runGit(folder, argv);
	await git('init', '-q', '-b', defaultBranch, '--template=', ...(bare ? ['--bare'] : []));
	for (const [key, value] of settings) await git('config', key, value);
	const {stream, count} = fastImport(literal, defaultBranch);
	const marks = join(folder, bare ? 'occo-marks' : '.git/occo-marks');
	await runGit(folder, ['fast-import', '--quiet', `--export-marks=${marks}`], stream);
	const hashes = new Map(
		(await readFile(marks, 'utf8'))
			.trim()
			.split('\n')
			.map(line => line.split(' ') as [string, string]),
	);
	await rm(marks);
	if (!bare) await git('reset', '-q', '--hard', defaultBranch);
	const commits = Array.from({length: count}, (_, index) => hashes.get(`:${index + 1}`) ?? '');
	return {folder, commits, git};
}

const settings: readonly (readonly [string, string])[] = [
	['gc.auto', '0'],
	['maintenance.auto', 'false'],
	['commit.gpgsign', 'false'],
	['user.name', 'Occo Test'],
	['user.email', 'test@example.org'],
];

/** Runs git in a folder with nothing of the user's configuration and answers its output without the final newline. */
export function runGit(folder: string, argv: readonly string[], input?: Uint8Array): Promise<string> {
	const date = `${epoch} +0000`;
	const env = isolatedEnvironment(join(folder, '.no-home'), {
		GIT_AUTHOR_DATE: date,
		GIT_COMMITTER_DATE: date,
		GIT_CONFIG_GLOBAL: '/dev/null',
	});
	return new Promise((resolve, reject) => {
		const child = spawn('git', argv, {cwd: folder, env});
		let output = '';
		let errors = '';
		child.stdout.setEncoding('utf8').on('data', text => (output += text));
		child.stderr.setEncoding('utf8').on('data', text => (errors += text));
		child.stdin.on('error', () => {});
		child.stdin.end(input);
		child.on('error', reject);
		child.on('close', code => {
			if (code === 0) resolve(output.replace(/\n$/, ''));
			else reject(new Error(`git ${argv.join(' ')}: exit code ${code}: ${errors}`));
		});
	});
}

/** The whole history in git-fast-import(1)'s format: two processes a repository, however many commits. */
function fastImport(literal: RepositoryLiteral, main: string): {stream: Buffer; count: number} {
	const parts: Buffer[] = [];
	const write = (text: string): void => void parts.push(Buffer.from(text));
	const data = (content: Uint8Array): void => {
		write(`data ${content.length}\n`);
		parts.push(Buffer.from(content));
		write('\n');
	};
	let mark = 0;
	const commit = (branch: string, from: string | undefined, {files = {}, message}: CommitLiteral): void => {
		mark += 1;
		write(`commit refs/heads/${branch}\nmark :${mark}\n`);
		write(`committer ${identity} ${epoch + 60 * (mark - 1)} +0000\n`);
		data(Buffer.from(message ?? `Commit ${mark}`));
		if (from !== undefined) write(`from ${from}\n`);
		for (const [path, file] of Object.entries(files)) {
			if (file === null) {
				write(`D ${JSON.stringify(path)}\n`);
				continue;
			}
			const {content, mode} = contentOf(file);
			write(`M ${mode} inline ${JSON.stringify(path)}\n`);
			data(content);
		}
		write('\n');
	};
	const own = [{files: literal.files ?? {}}, ...(literal.commits ?? [])];
	for (const one of own) commit(main, mark === 0 ? undefined : `:${mark}`, one);
	for (const [branch, commits] of Object.entries(literal.branches ?? {})) {
		write(`reset refs/heads/${branch}\nfrom :${own.length}\n\n`);
		for (const [index, one] of commits.entries()) {
			commit(branch, `:${index === 0 ? own.length : mark}`, one);
		}
	}
	for (const [tag, at] of Object.entries(literal.tags ?? {})) {
		write(`tag ${tag}\nfrom ${typeof at === 'number' ? `:${at + 1}` : `refs/heads/${at}`}\n`);
		write(`tagger ${identity} ${epoch} +0000\n`);
		data(Buffer.from(tag));
	}
	return {stream: Buffer.concat(parts), count: own.length};
}
