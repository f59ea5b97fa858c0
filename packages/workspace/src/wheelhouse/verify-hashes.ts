import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {type Host, mapPool} from '@occo/host';
import {indexFile, type WheelhouseIndex} from '@occo/model';

/** What is wrong with a wheelhouse; `file` is relative to it. */
export interface Problem {
	readonly code:
		| 'index'
		| 'bundle'
		| 'missing'
		| 'extra'
		| 'link'
		| 'size'
		| 'altered'
		| 'closure'
		| 'install';
	readonly file: string;
	readonly message: string;
}

/** Files up to this size are read at once, which is faster than a stream. */
const small = 4 * 1024 * 1024;

/**
 * Compares every file of a folder with the index: present, plain (no link), of its size, with its hashes, and nothing
 * beside them. Problems are sorted by file.
 */
export async function verifyHashes(
	host: Host,
	folder: string,
	index: WheelhouseIndex,
): Promise<readonly Problem[]> {
	const listed = new Map<string, Listed>(
		[...index.artifacts, ...index.files].map(entry => [entry.file, entry]),
	);
	const problems: Problem[] = [];
	for (const file of await host.files.walk(folder)) {
		if (file === indexFile || listed.has(file)) continue;
		problems.push({code: 'extra', file, message: `\`${file}\` is not in the index`});
	}
	const checked = await mapPool([...listed.values()], 8, async entry => {
		const problem = await verifyFile(host, folder, entry);
		host.report({type: 'advanced', amount: 1});
		return problem;
	});
	problems.push(...checked.filter(problem => problem !== undefined));
	return problems.sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
}

interface Listed {
	readonly file: string;
	readonly size: number;
	readonly sha512: string;
	readonly sha256?: string;
}

async function verifyFile({files}: Host, folder: string, listed: Listed): Promise<Problem | undefined> {
	const {file} = listed;
	const path = join(folder, file);
	const stat = await files.stat(path);
	const problem = (code: Problem['code'], message: string): Problem => ({code, file, message});
	if (stat === undefined) return problem('missing', `\`${file}\` is missing`);
	if (stat.type !== 'file') return problem('link', `\`${file}\` is not a plain file but a ${stat.type}`);
	if (stat.size !== listed.size) {
		return problem('size', `\`${file}\` has ${stat.size} bytes, ${listed.size} expected`);
	}
	const strong = createHash('sha512');
	const short = listed.sha256 === undefined ? undefined : createHash('sha256');
	if (stat.size <= small) {
		const bytes = (await files.readBytes(path)) ?? Buffer.alloc(0);
		strong.update(bytes);
		short?.update(bytes);
	} else {
		for await (const chunk of files.readStream(path) as AsyncIterable<Buffer>) {
			strong.update(chunk);
			short?.update(chunk);
		}
	}
	if (strong.digest('hex') !== listed.sha512) return problem('altered', `\`${file}\` was altered (SHA-512)`);
	if (short && short.digest('hex') !== listed.sha256) {
		return problem('altered', `\`${file}\` does not have the SHA-256 of the index`);
	}
	return undefined;
}
