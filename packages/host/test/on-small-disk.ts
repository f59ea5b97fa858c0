import {execFileSync} from 'node:child_process';
import {mkdir, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {isOccoError} from '@occo/model';
import {nodeHost} from '../src/index.ts';

// Run in a mount namespace of its own (see node-files.test.ts): what is mounted here is gone with this process.
const folder = process.argv[2] ?? '';
const disk = join(folder, 'disk');
const {files} = nodeHost({cwd: folder, env: process.env});
await mkdir(disk);
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'occo-test', disk]);

async function* megabyte(): AsyncGenerator<Uint8Array> {
	for (let index = 0; index < 16; index++) yield Buffer.alloc(65_536, index);
}

/** What became of a write: the error's code and message, and what lies on the disk then. */
async function outcome(write: Promise<unknown>): Promise<{code: string; message: string; there: string[]}> {
	const error = await write.then(
		() => new Error('it did not fail'),
		(thrown: unknown) => thrown as Error,
	);
	return {
		code: isOccoError(error) ? error.code : '',
		message: error.message.replaceAll(folder, ''),
		there: await readdir(disk),
	};
}

const file = join(disk, 'file');
await files.write(file, 'old');
await files.write(join(folder, 'big'), Buffer.alloc(1_000_000));
await files.write(join(folder, 'small'), 'content');
const full = [
	await outcome(files.write(file, Buffer.alloc(1_000_000))),
	await outcome(files.writeStream(file, megabyte())),
	await outcome(files.create(join(disk, 'new'), Buffer.alloc(1_000_000))),
	await outcome(files.link(join(folder, 'big'), join(disk, 'new'))),
];
const free = await files.freeSpace(disk);
await files.link(join(folder, 'small'), join(disk, 'deep/copy'));
const copy = {
	text: await files.readText(join(disk, 'deep/copy')),
	links: (await files.stat(join(disk, 'deep/copy')))?.links,
};
process.stdout.write(JSON.stringify({full, old: await files.readText(file), free, copy}));
