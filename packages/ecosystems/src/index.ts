import type {Host} from '@occo/host';
import type {Ecosystem} from './ecosystem.ts';
import {npm} from './npm/index.ts';

export type * from './ecosystem.ts';

/** Every packaging world that occo speaks. Adding one is a folder beside this file and an entry here. */
export const ecosystems: readonly Ecosystem[] = [npm];

/** The `authorization` header that the user's npm configuration has for a URL. */
export async function npmAuthorization(
	host: Host,
	workspace: string,
	url: string,
): Promise<string | undefined> {
	return (await (await import('./npm/npm-config.ts')).readNpmConfig(host, workspace)).authorization(url);
}
