import {cleanEnvironment, type Finished, type Host} from '@occo/host';
import {OccoError, type Protocol} from '@occo/model';
import {gitReason} from './failure.ts';

/** How git is to be run. */
export interface GitOptions {
	/** Absolute. */
	readonly cwd: string;
	/** Protocols that the workspace allows; none for work that needs no network. */
	readonly protocols?: readonly Protocol[];
	/** Ms without a byte before a child is given up. */
	readonly inactivity?: number;
	/** Called with each piece of standard error as it comes. */
	readonly onStderr?: (text: string) => void;
}

/**
 * What protects every git child, whatever the user's or a component's configuration says: no hooks, no file-system
 * monitor, no remote helpers.
 */
const guards: readonly string[] = [
	...['-c', 'core.hooksPath=/dev/null'],
	...['-c', 'core.fsmonitor=false'],
	...['-c', 'protocol.ext.allow=never'],
	...['-c', 'advice.detachedHead=false'],
];

/**
 * Runs git with an argument vector in a clean environment and answers however it ends. It never asks: its terminal
 * is gone, and several children would ask at once. Credential helpers, agents and `GIT_ASKPASS` work.
 */
export function git(host: Host, argv: readonly string[], options: GitOptions): Promise<Finished> {
	const {cwd, protocols = [], inactivity, onStderr} = options;
	return host.run({
		program: 'git',
		arguments: [...guards, ...argv],
		cwd,
		env: {
			...cleanEnvironment(host.env),
			GIT_ALLOW_PROTOCOL: protocols.join(':'),
			GIT_TERMINAL_PROMPT: '0',
			SSH_ASKPASS_REQUIRE: 'never',
			GIT_OPTIONAL_LOCKS: '0',
		},
		...(inactivity === undefined ? {} : {inactivity}),
		...(onStderr === undefined ? {} : {onStderr}),
	});
}

/** Runs git and answers its output without the final newline; throws `OCCO_GIT` with git's own words when it fails. */
export async function gitOutput(host: Host, argv: readonly string[], options: GitOptions): Promise<string> {
	const finished = await git(host, argv, options);
	if (finished.code === 0) return finished.stdout.replace(/\n$/, '');
	throw new OccoError('OCCO_GIT', `git ${argv[0]}: ${gitReason(finished)}`, {kind: 'world'});
}
