import {Agent as HttpAgent} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import * as tls from 'node:tls';

/** What keeps connections alive and shares them. */
export interface Agents {
	readonly http: HttpAgent;
	readonly https: HttpsAgent;
}

/** Simultaneous connections to one host; more gained nothing and bursts of 32 stalled (see docs/decisions/0001). */
const sockets = 16;

/** This machine is never behind a proxy. */
const near = ['127.0.0.1', 'localhost', '[::1]'];

/** Agents that trust `ca` (PEM) beside Node's own authorities and go through the environment's proxy. */
export function agentsFor(env: Readonly<Record<string, string | undefined>>, ca?: string): Agents {
	const settings = {
		keepAlive: true,
		maxSockets: sockets,
		maxFreeSockets: sockets,
		scheduling: 'lifo' as const,
		// Node >= 22.21 and >= 24.5; older ones ignore it and connect directly.
		proxyEnv: proxies(env),
	};
	const trusted = ca === undefined ? {} : {ca: [...authorities(), ca]};
	return {http: new HttpAgent(settings), https: new HttpsAgent({...settings, ...trusted})};
}

function proxies(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
	const found: Record<string, string> = {};
	for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) {
		const value = env[name];
		if (value) found[name] = value;
	}
	const direct = env.no_proxy || env.NO_PROXY;
	found.no_proxy = [...(direct ? [direct] : []), ...near].join(',');
	return found;
}

/** With NODE_EXTRA_CA_CERTS where Node can tell (>= 22.15). */
function authorities(): readonly string[] {
	return typeof tls.getCACertificates === 'function'
		? tls.getCACertificates('default')
		: tls.rootCertificates;
}
