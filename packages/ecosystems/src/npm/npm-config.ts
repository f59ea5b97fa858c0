import {join, resolve} from 'node:path';
import type {Host} from '@occo/host';

/** What of the user's npm configuration occo honours: where packages come from and how to get in. */
export interface NpmConfig {
	/** The default registry, ends in `/`. */
	readonly registry: string;
	/** The registry of a package: its scope's, else the default. Ends in `/`. */
	registryOf(name: string): string;
	/** The value of the `authorization` header for a URL; only for the host and path it was configured for. */
	authorization(url: string): string | undefined;
	/** The certificates (PEM) that `cafile` names. */
	readonly ca: string | undefined;
	/** The lines of an `.npmrc` that says the same, for a client with a home of its own. Holds secrets. */
	readonly lines: readonly string[];
}

/** The public registry. */
const standard = 'https://registry.npmjs.org/';

const honoured =
	/^(registry|@[^:]+:registry|\/\/.*:(_authToken|_auth|username|_password|certfile|keyfile|cafile)|cafile|ca|strict-ssl|https?-proxy|proxy|noproxy)$/;

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

/**
 * Reads the `.npmrc` of the user and of the workspace (npmrc(5)); the workspace's wins. `upstream` replaces the default
 * registry.
 */
export async function readNpmConfig(host: Host, workspace: string, upstream?: string): Promise<NpmConfig> {
	const user =
		host.env.NPM_CONFIG_USERCONFIG ?? host.env.npm_config_userconfig ?? join(host.env.HOME ?? '/', '.npmrc');
	const entries = new Map<string, string>();
	for (const path of [user, join(workspace, '.npmrc')]) {
		for (const line of ((await host.files.readText(path)) ?? '').split(/\r?\n/)) {
			const match = /^\s*([^#;=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
			if (match?.[1] !== undefined && honoured.test(match[1]))
				entries.set(match[1], expanded(match[2] ?? '', host));
		}
	}
	const registry = withSlash(upstream ?? entries.get('registry') ?? standard);
	entries.set('registry', registry);
	const cafile = entries.get('cafile');
	return {
		registry,
		registryOf: name => {
			const scope = /^(@[^/]+)\//.exec(name)?.[1];
			return withSlash((scope && entries.get(`${scope}:registry`)) ?? registry);
		},
		authorization: url => authorization(entries, url),
		ca: cafile ? await host.files.readText(resolve(workspace, cafile)) : undefined,
		lines: [...entries].map(([key, value]) => `${key}=${value}`),
	};
}

function expanded(value: string, host: Host): string {
	const bare = value.replace(/^"(.*)"$/, '$1');
	return bare.replace(/\$\{([^}]+)\}/g, (whole, name: string) => host.env[name] ?? whole);
}

function authorization(entries: ReadonlyMap<string, string>, url: string): string | undefined {
	const {host, pathname} = new URL(url);
	const parts = pathname.split('/');
	for (let length = parts.length; length > 0; length--) {
		const prefix = `//${host}${parts.slice(0, length).join('/')}`;
		for (const nerf of [`${prefix}/`.replace(/([^:/])\/+$/, '$1/'), prefix]) {
			const token = entries.get(`${nerf}:_authToken`);
			if (token) return `Bearer ${token}`;
			const basic = entries.get(`${nerf}:_auth`);
			if (basic) return `Basic ${basic}`;
			const [name, password] = [entries.get(`${nerf}:username`), entries.get(`${nerf}:_password`)];
			if (name && password) {
				return `Basic ${Buffer.from(`${name}:${Buffer.from(password, 'base64')}`).toString('base64')}`;
			}
		}
	}
	return undefined;
}
