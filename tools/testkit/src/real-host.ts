import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type Host, nodeHost} from '@occo/host';
import type {Event} from '@occo/model';
import {isolatedEnvironment, upstreamNpmrc} from './isolated-environment.ts';

/** What a {@link realHost} has otherwise than by default. */
export interface RealHostOptions {
	/** Default: the folder itself. */
	readonly cwd?: string;
	/** Added to the isolated environment; `undefined` takes a variable out. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Carries the user's registry settings over into the isolated home. */
	readonly upstream?: boolean;
	readonly report?: (event: Event) => void;
	readonly signal?: AbortSignal;
	/** Replaces parts of the host. */
	readonly overrides?: Partial<Host>;
}

/** The real machine as seen by a user whose home, caches and settings all lie in `folder`. */
export async function realHost(folder: string, options: RealHostOptions = {}): Promise<Host> {
	const {cwd = folder, env = {}, upstream = false, report, signal, overrides = {}} = options;
	const isolated = isolatedEnvironment(folder, env);
	const home = isolated.HOME ?? join(folder, 'home');
	await mkdir(home, {recursive: true});
	if (upstream) await writeFile(join(home, '.npmrc'), upstreamNpmrc(), {mode: 0o600});
	const host = nodeHost({cwd, env: isolated, ...(report ? {report} : {}), ...(signal ? {signal} : {})});
	return {...host, ...overrides};
}
