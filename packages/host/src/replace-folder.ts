import {dirname, join} from 'node:path';
import type {Files} from './files.ts';

/**
 * Moves a finished folder to its place on the same file system. What stood there is removed only when the new one
 * stands, and put back when it cannot.
 */
export async function replaceFolder(files: Files, from: string, to: string): Promise<void> {
	if (!(await files.exists(to))) return files.rename(from, to);
	const old = await files.temporaryFolder('.occo-old-', dirname(to));
	try {
		await files.rename(to, join(old, 'old'));
		try {
			await files.rename(from, to);
		} catch (error) {
			await files.rename(join(old, 'old'), to);
			throw error;
		}
	} finally {
		await files.remove(old);
	}
}
