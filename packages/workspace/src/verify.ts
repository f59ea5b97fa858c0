import {join} from 'node:path';
import type {Ecosystem} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import {indexFile, isOccoError, OccoError, type WheelhouseIndex} from '@occo/model';
import {checkTarget} from './install.ts';
import {locateWheelhouse} from './wheelhouse/locate.ts';
import {type OpenWheelhouse, openWheelhouse} from './wheelhouse/open.ts';
import {type Problem, verifyHashes} from './wheelhouse/verify-hashes.ts';

/** How far a wheelhouse is proved. */
export type Level = 'hashes' | 'closure' | 'install';

/** The answer of `occo verify`. */
export interface Verification {
	readonly ok: boolean;
	/** The levels that were done: one that fails ends it. */
	readonly levels: readonly Level[];
	/** How many files were compared with the index. */
	readonly checked: number;
	readonly problems: readonly Problem[];
}

/**
 * Proves a wheelhouse (folder, bundle file or component): its hashes always; with `closure` that a new resolution against
 * it alone gives its lock; with `install` that every client on this machine installs it offline and it can be loaded.
 */
export async function verify(
	host: Host,
	ecosystems: readonly Ecosystem[],
	options: {readonly place: string; readonly closure?: boolean; readonly install?: boolean},
): Promise<Verification> {
	const path = await locateWheelhouse(host, options.place);
	let open: OpenWheelhouse;
	try {
		open = await openWheelhouse(host, path);
	} catch (error) {
		const problem = refusedOpening(error);
		if (!problem) throw error;
		return {ok: false, levels: ['hashes'], checked: 0, problems: [problem]};
	}
	try {
		return await verifyLevels(host, ecosystems, open, options);
	} finally {
		await open.close();
	}
}

async function verifyLevels(
	host: Host,
	ecosystems: readonly Ecosystem[],
	{folder, index}: OpenWheelhouse,
	options: {readonly closure?: boolean; readonly install?: boolean},
): Promise<Verification> {
	const checked = index.artifacts.length + index.files.length;
	host.report({type: 'phase', phase: 'verify', total: checked});
	const problems = [...(await verifyHashes(host, folder, index))];
	host.report({type: 'phase-ended', phase: 'verify', detail: `${checked} files`});
	const levels: Level[] = ['hashes'];
	const ecosystem = ecosystems.find(({name}) => name === index.ecosystem);
	// Nothing of an altered wheelhouse is read any further, let alone run.
	if (options.closure && problems.length === 0) {
		levels.push('closure');
		problems.push(...(await verifyClosure(host, ecosystem, folder, index)));
	}
	if (options.install && problems.length === 0) {
		levels.push('install');
		problems.push(...(await verifyInstall(host, ecosystem, folder, index)));
	}
	return {ok: problems.length === 0, levels, checked, problems};
}

async function verifyClosure(
	host: Host,
	ecosystem: Ecosystem | undefined,
	folder: string,
	index: WheelhouseIndex,
): Promise<readonly Problem[]> {
	host.report({type: 'phase', phase: 'closure'});
	const known = required(ecosystem, index);
	const lines = await known.proveClosure(host, {...index, wheelhouse: folder});
	host.report({type: 'phase-ended', phase: 'closure'});
	return lines.map(message => ({code: 'closure', file: indexFile, message}));
}

async function verifyInstall(
	host: Host,
	ecosystem: Ecosystem | undefined,
	folder: string,
	index: WheelhouseIndex,
): Promise<readonly Problem[]> {
	checkTarget(host, index);
	const known = required(ecosystem, index);
	const clients = await known.clients(host);
	host.report({type: 'phase', phase: 'install', total: clients.length});
	const problems: Problem[] = [];
	for (const client of clients) {
		host.report({type: 'task-started', task: client});
		const message = await tryInstall(host, known, client, folder, index);
		if (message !== undefined)
			problems.push({code: 'install', file: indexFile, message: `${client}: ${message}`});
		host.report({type: 'task-ended', task: client, outcome: message === undefined ? 'done' : 'failed'});
	}
	host.report({type: 'phase-ended', phase: 'install'});
	return problems;
}

async function tryInstall(
	host: Host,
	ecosystem: Ecosystem,
	client: string,
	folder: string,
	index: WheelhouseIndex,
): Promise<string | undefined> {
	const temporary = await host.files.temporaryFolder('occo-verify-');
	try {
		const into = join(temporary, 'installed');
		await ecosystem.install(host, {...index, wheelhouse: folder, into, client, scripts: false});
		return await ecosystem.load(host, into, index.package);
	} catch (error) {
		if (isOccoError(error) && error.kind === 'no') return error.message;
		throw error;
	} finally {
		await host.files.remove(temporary);
	}
}

function required(ecosystem: Ecosystem | undefined, index: WheelhouseIndex): Ecosystem {
	if (ecosystem) return ecosystem;
	throw new OccoError('OCCO_ECOSYSTEM', `this occo cannot install ${index.ecosystem} packages`);
}

function refusedOpening(error: unknown): Problem | undefined {
	if (!isOccoError(error) || error.kind !== 'no') return undefined;
	const code = error.code === 'OCCO_WHEELHOUSE_INDEX' ? 'index' : 'bundle';
	return {code, file: error.place?.file ?? indexFile, message: error.message};
}
