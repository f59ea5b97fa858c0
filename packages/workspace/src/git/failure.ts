import type {Finished} from '@occo/host';

/** Why git could not fetch, as a stable word. */
export type GitFailure =
	| 'silent'
	| 'unknown-revision'
	| 'not-authorised'
	| 'not-found'
	| 'unreachable'
	| 'git';

/** What git writes to tell how far it is. */
const chatter =
	/^(Cloning into|(remote: )?(Enumerating|Counting|Compressing|Receiving|Resolving|Updating|Total|Filtering))/;

/** What follows from another error, or says only that there was one. */
const consequence =
	/could not read from remote|early EOF|index-pack failed|invalid index-pack|the remote end hung up|^(and the repository exists|please make sure)/i;

/** The line of git's error output that says why, without credentials. */
export function gitReason({stderr, timedOut, code}: Finished): string {
	if (timedOut) return 'the server sent nothing for too long';
	const lines = stderr
		.split(/[\r\n]+/)
		.map(line => line.trim())
		.filter(line => line !== '' && !chatter.test(line));
	const causes = lines.filter(line => !consequence.test(line));
	const line = causes.find(one => /^(remote: )?(fatal|error):/i.test(one)) ?? causes[0] ?? lines[0];
	const said = (line ?? `it ended with exit code ${code}`).replace(/^(remote: )?(fatal|error): /i, '');
	return withoutCredentials(said.slice(0, 400));
}

/** A text in which no URL has a user or a password. */
export function withoutCredentials(text: string): string {
	return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s'"]*@/gi, '$1***@');
}

/** Sorts a failed clone or fetch by its cause, from git's messages in the C locale. */
export function gitFailure({stderr, timedOut}: Finished): GitFailure {
	if (timedOut) return 'silent';
	const causes: readonly (readonly [GitFailure, RegExp])[] = [
		[
			'unknown-revision',
			/remote branch .* not found|not our ref|couldn't find remote ref|unadvertised object|did not match any file|reference is not a tree|unable to read tree/i,
		],
		[
			'not-authorised',
			/authentication failed|could not read (username|password)|permission denied|access denied|returned error: 40[13]|host key verification|terminal prompts disabled|invalid credentials/i,
		],
		[
			'not-found',
			/repository .* not found|does not exist|does not appear to be a git repository|returned error: 4(04|10)|no such file or directory|repository not found/i,
		],
		[
			'unreachable',
			/timed? ?out|connection (was )?(reset|refused|closed)|couldn't connect|could not resolve|early EOF|unexpected disconnect|hung up|RPC failed|returned error: (5\d\d|429)|temporarily|unreachable|SSL_ERROR|gnutls|empty reply/i,
		],
	];
	return causes.find(([, pattern]) => pattern.test(stderr))?.[0] ?? 'git';
}

/** Whether trying again may help: a fault of the connection, not an answer. */
export function isTransient(failure: GitFailure): boolean {
	return failure === 'silent' || failure === 'unreachable';
}
