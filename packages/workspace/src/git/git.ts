import {cleanEnvironment, type Finished, type Host} from '@occo/host';
import {OccoError, type Protocol} from '@occo/model';

/** How git is to be run. */
export interface GitOptions {
	/** Absolute. */
	readonly cwd: string;
	/** Protocols that the workspace allows; none for work that needs no network. */
	readonly protocols?: readonly Protocol[];
	/** Ms without a byte before a child is given up. */
	readonly inactivity?: number;
	readonly onStderr?: (text: string) => void;
	/** Whether git may ask for a password: one job and a person at the terminal. */
	readonly prompts?: boolean;
}

/**
 * What protects every git child: no hooks, no file-system monitor of a component's own configuration, no remote
 * helpers, only allowed protocols.
 */
const guards = [
	'-c',
	'core.hooksPath=/dev/null',
	'-c',
	'core.fsmonitor=false',
	'-c',
	'protocol.ext.allow=never',
	'-c',
	'advice.detachedHead=false',
];

/** Runs git with an argument vector in a clean environment and answers however it ends. */
export function git(host: Host, argv: readonly string[], options: GitOptions): Promise<Finished> {
	const {protocols = [], prompts = false} = options;
	const env = {
		...cleanEnvironment(host.env),
		// scp-like addresses are ssh to git.
		GIT_ALLOW_PROTOCOL: protocols.join(':'),
		GIT_TERMINAL_PROMPT: prompts ? '1' : '0',
		...(prompts
			? {}
			: {
					GIT_ASKPASS: 'true',
					SSH_ASKPASS: 'true',
					GIT_SSH_COMMAND: host.env.GIT_SSH_COMMAND ?? 'ssh -oBatchMode=yes',
				}),
		GIT_OPTIONAL_LOCKS: '0',
	};
	return host.run({
		program: 'git',
		arguments: [...guards, ...argv],
		cwd: options.cwd,
		env,
		...(options.inactivity === undefined ? {} : {inactivity: options.inactivity}),
		...(options.onStderr === undefined ? {} : {onStderr: options.onStderr}),
	});
}

/** Runs git and answers its output without the final newline; throws `OCCO_GIT` with git's own words when it fails. */
export async function gitOutput(host: Host, argv: readonly string[], options: GitOptions): Promise<string> {
	const finished = await git(host, argv, options);
	if (finished.code === 0) return finished.stdout.replace(/\n$/, '');
	throw new OccoError('OCCO_GIT', `git ${argv[0]}: ${gitReason(finished)}`, {kind: 'world'});
}

/** The line of git's error output that says why, without credentials. */
export function gitReason({stderr, timedOut, code}: Finished): string {
	if (timedOut) return 'the server sent nothing for too long';
	const lines = stderr.split(/[\r\n]+/).filter(line => line.trim() !== '');
	const telling = lines.filter(line => /^(fatal|error|remote: (error|fatal)|ERROR):/i.test(line));
	const line =
		telling.find(one => !/early EOF|index-pack failed|could not read from remote/i.test(one)) ??
		telling[0] ??
		lines.at(-1);
	const said = (line ?? `exit code ${code}`).replace(/^(fatal|error): /i, '');
	return said.replace(/\/\/[^/@\s]*@/g, '//***@');
}

/** Whether a failed fetch may succeed when it is tried again: a fault of the connection, not an answer. */
export function isTransient({stderr, timedOut}: Finished): boolean {
	if (timedOut) return true;
	if (
		/authentication failed|could not read (username|password)|not found|403|401|404|permission denied|access denied|does not exist|host key|not allowed/i.test(
			stderr,
		)
	) {
		return false;
	}
	return /timed? ?out|connection (reset|refused)|could not resolve|early EOF|unexpected disconnect|hung up|RPC failed|HTTP 5\d\d|returned error: 5\d\d|temporarily|SSL_ERROR|gnutls/i.test(
		stderr,
	);
}
