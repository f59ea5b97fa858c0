import {createInterface} from 'node:readline/promises';
import {Writable} from 'node:stream';

/** Reads a password: asks without showing what is typed where a person sits, else the first line of standard input. */
export async function readPassword(question: string, interactive: boolean): Promise<string> {
	if (interactive) process.stderr.write(question);
	const silent = new Writable({write: (_chunk, _encoding, done) => done()});
	const lines = createInterface({
		input: process.stdin,
		...(interactive ? {output: silent, terminal: true} : {}),
	});
	try {
		const ended = new Promise<string>(resolve => lines.once('close', () => resolve('')));
		const line = new Promise<string>(resolve => lines.once('line', resolve));
		return await Promise.race([line, ended]);
	} finally {
		lines.close();
		if (interactive) process.stderr.write('\n');
	}
}
