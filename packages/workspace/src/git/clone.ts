import {basename, dirname} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import type {Finished, Host} from '@occo/host';
import {OccoError, type Protocol, type Revision} from '@occo/model';
import {type GitFailure, gitFailure, gitReason, isTransient, withoutCredentials} from './failure.ts';
import {type GitOptions, git} from './git.ts';
import {readHead} from './head.ts';

/** One repository at one revision. */
export interface CloneRequest {
	readonly url: string;
	/** `undefined`: the remote's default branch. */
	readonly revision: Revision | undefined;
	readonly protocols: readonly Protocol[];
	/** Ms without a byte from the server before it is given up. */
	readonly inactivity: number;
	/** What git says while it works. */
	readonly onProgress: (text: string) => void;
}

/** How often a clone is tried when the connection fails. */
const tries = 3;

/**
 * Clones into a folder that is not there yet and answers the commit checked out, `undefined` for an empty repository.
 * Tries again after faults of the connection only. Throws `OCCO_CLONE_*`; what it wrote until then stays for the caller
 * to remove.
 */
export async function clone(host: Host, into: string, request: CloneRequest): Promise<string | undefined> {
	for (let attempt = 1; ; attempt++) {
		const finished = await attemptClone(host, into, request);
		if (finished.code === 0 && !finished.timedOut) return checkedHead(host, into, request);
		const failure = gitFailure(finished);
		if (attempt === tries || !isTransient(failure)) throw cloneError(failure, finished, request);
		request.onProgress(`trying again: ${gitReason(finished)}`);
		await host.files.remove(into);
		// Jitter keeps a fleet of clones that failed together from coming back together.
		await setTimeout(300 * attempt * (0.5 + Math.random()), undefined, {signal: host.signal});
	}
}

async function attemptClone(host: Host, into: string, request: CloneRequest): Promise<Finished> {
	const {url, revision} = request;
	const cloned = await git(
		host,
		[
			...['clone', '--progress', '--template=', '--no-recurse-submodules', '--origin', 'origin'],
			...(revision === undefined || revision.kind === 'commit' ? [] : ['--branch', revision.name]),
			...(revision?.kind === 'commit' ? ['--no-checkout'] : []),
			...['--', url, basename(into)],
		],
		optionsOf(dirname(into), request),
	);
	if (cloned.code !== 0 || revision?.kind !== 'commit') return cloned;
	const options = optionsOf(into, request);
	const checkout = (): Promise<Finished> =>
		git(host, ['checkout', '--quiet', '--detach', revision.name, '--'], options);
	const switched = await checkout();
	if (switched.code === 0) return switched;
	// The commit is on no branch: servers that allow it give a commit by its id.
	const fetched = await git(host, ['fetch', '--progress', '--', 'origin', revision.name], options);
	return fetched.code === 0 ? checkout() : fetched;
}

function optionsOf(cwd: string, {protocols, inactivity, onProgress}: CloneRequest): GitOptions {
	return {
		cwd,
		protocols,
		inactivity,
		onStderr: text => {
			const line = text
				.split(/[\r\n]+/)
				.findLast(one => one.trim() !== '' && !one.startsWith('Cloning into'));
			if (line) onProgress(withoutCredentials(line.trim()));
		},
	};
}

/** The commit of HEAD, once it is what was wanted: `--branch` takes a tag for a branch and the other way round. */
async function checkedHead(host: Host, folder: string, request: CloneRequest): Promise<string | undefined> {
	const {revision} = request;
	const head = await readHead(host, folder);
	switch (revision?.kind) {
		case undefined:
			return head?.commit;
		case 'branch':
			if (head?.branch !== revision.name) throw unknownRevision(revision, '; there is a tag of that name');
			return head.commit;
		case 'commit':
			if (head?.commit !== revision.name) throw unknownRevision(revision);
			return head.commit;
		case 'tag': {
			if (head?.branch === undefined) return head?.commit;
			const argv = ['checkout', '--quiet', '--detach', `refs/tags/${revision.name}`, '--'];
			const switched = await git(host, argv, optionsOf(folder, request));
			if (switched.code !== 0) throw unknownRevision(revision, '; there is a branch of that name');
			return (await readHead(host, folder))?.commit;
		}
	}
}

function unknownRevision(revision: Revision | undefined, also = ''): OccoError {
	const what = revision === undefined ? 'default branch' : `${revision.kind} \`${revision.name}\``;
	return new OccoError('OCCO_CLONE_UNKNOWN_REVISION', `the repository has no ${what}${also}`, {
		kind: 'world',
	});
}

function cloneError(
	failure: GitFailure,
	finished: Finished,
	{revision, inactivity}: CloneRequest,
): OccoError {
	if (failure === 'unknown-revision') return unknownRevision(revision);
	const code = `OCCO_CLONE_${failure.toUpperCase().replaceAll('-', '_')}` as const;
	const seconds = Math.round(inactivity / 1000);
	const message =
		failure === 'silent' ? `the server sent nothing for ${seconds} s, ${tries} times` : gitReason(finished);
	return new OccoError(code, message, {kind: 'world'});
}
