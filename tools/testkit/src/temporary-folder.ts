import {mkdtemp, realpath, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** What a test offers for cleaning up; ava's `t` is one. */
export interface Scope {
	teardown(work: () => unknown): void;
}

/** A new empty folder, removed when the test ends. Absolute, links resolved. */
export async function temporaryFolder(t: Scope, prefix = 'occo-test-'): Promise<string> {
	const folder = await mkdtemp(join(await realpath(tmpdir()), prefix));
	t.teardown(() => rm(folder, {recursive: true, force: true, maxRetries: 3}));
	return folder;
}
