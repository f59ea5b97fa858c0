import {hasInvisible, quoted} from './checked-path.ts';
import {OccoError, type Place} from './error.ts';

/** A way to reach a repository. `ssh` includes `user@host:path`. */
export type Protocol = 'https' | 'ssh' | 'http' | 'git' | 'file';

/** All of them. */
export const protocols: readonly Protocol[] = ['https', 'ssh', 'http', 'git', 'file'];

/** What is allowed when the workspace file says nothing. */
export const defaultProtocols: readonly Protocol[] = ['https', 'ssh'];

interface Refusal {
	readonly why: string;
	readonly hint?: string;
}

/**
 * Checks a git URL; answers it unchanged. Throws `OCCO_URL` that names `what` and the reason, without ever quoting a
 * password. Only the allowed protocols pass; remote helpers (`ext::`), options and credentials never do.
 */
export function checkedUrl(url: string, what: string, allowed: readonly Protocol[], place?: Place): string {
	const refusal = refused(url, allowed);
	if (refusal === undefined) return url;
	const shown = quoted(withoutUser(url));
	throw new OccoError('OCCO_URL', `${what}: the URL ${shown} is refused: ${refusal.why}`, {
		...(place ? {place} : {}),
		...(refusal.hint ? {hint: refusal.hint} : {}),
	});
}

/**
 * A wrong URL as it may be shown. A user name without a password before a host stays (`git@host:`), everything else
 * before the last `@` goes: in a wrong URL nobody knows where a password ends.
 */
function withoutUser(url: string): string {
	if (/^[\w.-]+@[^@]*$/.test(url)) return url;
	const [, scheme = '', rest = ''] = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)?([\s\S]*)$/i.exec(url) ?? [];
	const at = rest.lastIndexOf('@');
	return at < 0 ? url : `${scheme}***${rest.slice(at)}`;
}

function refused(url: string, allowed: readonly Protocol[]): Refusal | undefined {
	if (url === '') return {why: 'it is empty'};
	if (hasInvisible(url)) return {why: 'it holds an invisible character'};
	if (url.length > 2000) return {why: 'it is too long'};
	if (url.startsWith('-')) return {why: 'it starts with `-`'};
	if (/%(0[0-9a-f]|1[0-9a-f]|7f)/i.test(url)) return {why: 'it holds an encoded control character'};
	if (/\s/.test(url) && !url.startsWith('/') && !url.startsWith('file:'))
		return {why: 'it holds white space'};
	if (/^[a-z0-9+.-]+::/i.test(url)) return {why: 'remote helpers (`scheme::`) can run commands'};
	const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
	if (scheme !== undefined) return refusedWithScheme(url, scheme, allowed);
	return refusedWithoutScheme(url, allowed);
}

function refusedWithScheme(url: string, scheme: string, allowed: readonly Protocol[]): Refusal | undefined {
	if (!protocols.includes(scheme as Protocol))
		return {why: `\`${scheme}\` is not a protocol that occo knows`};
	const notAllowed = unless(scheme as Protocol, allowed);
	if (notAllowed) return notAllowed;
	if (scheme === 'file')
		return url.startsWith('file:///') ? undefined : {why: 'a file URL starts with `file:///`'};
	const authority = url.slice(scheme.length + 3).split(/[/?#]/, 1)[0] ?? '';
	const at = authority.lastIndexOf('@');
	const user = at < 0 ? undefined : authority.slice(0, at);
	const host = authority.slice(at + 1);
	if (user !== undefined && (user.includes(':') || scheme !== 'ssh')) {
		return {
			why: 'it holds credentials',
			hint: 'take them out and let git ask a credential helper (`git help credentials`)',
		};
	}
	if (user?.startsWith('-')) return {why: 'its user starts with `-`'};
	return refusedHost(host);
}

function refusedHost(host: string): Refusal | undefined {
	const bare = host.replace(/:\d+$/, '');
	if (bare === '') return {why: 'it has no host'};
	if (bare.startsWith('-')) return {why: 'its host starts with `-`'};
	if (!/^([a-z0-9_.-]+|\[[0-9a-f:.]+\])$/i.test(bare)) return {why: 'its host is not a host name'};
	return undefined;
}

function refusedWithoutScheme(url: string, allowed: readonly Protocol[]): Refusal | undefined {
	const scp = /^(?:([^@/]+)@)?([^:/@]+):(.*)$/.exec(url);
	if (scp) {
		const [, user, host = '', path = ''] = scp;
		if (user?.startsWith('-')) return {why: 'its user starts with `-`'};
		if (user === undefined && path.includes('@'))
			return {why: 'it seems to hold credentials', hint: 'write `git@host:path`'};
		if (path === '' || path.startsWith('-')) return {why: 'its path is empty or starts with `-`'};
		if (user?.includes(':')) return {why: 'it holds credentials'};
		return refusedHost(host) ?? unless('ssh', allowed);
	}
	const slash = /^([^@/]+@[^/:]+)\/(.+)$/.exec(url);
	if (slash) {
		return {why: 'git takes it for a folder', hint: `did you mean \`${slash[1]}:${slash[2]}\`?`};
	}
	return unless('file', allowed);
}

function unless(protocol: Protocol, allowed: readonly Protocol[]): Refusal | undefined {
	if (allowed.includes(protocol)) return undefined;
	return {
		why: `the protocol \`${protocol}\` is not allowed`,
		hint: `add it to \`protocols: [${[...allowed, protocol].join(', ')}]\` in occo.yaml if you trust it`,
	};
}
