import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {cleanEnvironment} from '@occo/host';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a machine whose user has nothing but `folder`: HOME, the XDG folders and the caches of git, npm,
 * pnpm, pip and uv lie below it, and no setting of the real user is seen. PATH, proxies and certificates stay.
 */
export function isolatedEnvironment(folder: string, extra: Environment = {}): Record<string, string> {
	const env = cleanEnvironment(process.env);
	for (const name of Object.keys(env)) if (/^(OCCO_|GIT_(AUTHOR|COMMITTER)_)/.test(name)) delete env[name];
	const home = join(folder, 'home');
	const isolated: Environment = {
		...env,
		HOME: home,
		XDG_CACHE_HOME: join(home, '.cache'),
		XDG_CONFIG_HOME: join(home, '.config'),
		XDG_DATA_HOME: join(home, '.local/share'),
		XDG_STATE_HOME: join(home, '.local/state'),
		GIT_CONFIG_NOSYSTEM: '1',
		NO_COLOR: '1',
		...extra,
	};
	const set = Object.entries(isolated).filter((entry): entry is [string, string] => entry[1] !== undefined);
	return Object.fromEntries(set);
}

/** Keys of an npmrc that say how registries are reached, credentials included. */
const reaching =
	/^((@[^:=\s]+:)?registry|\/\/[^=\s]+|cafile|ca(\[\])?|cert|key|proxy|https?-proxy|noproxy|strict-ssl)\s*=/;

/**
 * The lines of the user's npm configuration that say how registries are reached, for tests that need the real upstream
 * from an isolated home. Written to a file with mode 600 only.
 */
export function upstreamNpmrc(env: Environment = process.env): string {
	const user =
		env.npm_config_userconfig ?? env.NPM_CONFIG_USERCONFIG ?? join(env.HOME ?? homedir(), '.npmrc');
	const lines = readLines(user).filter(line => reaching.test(line.trim()));
	const registry = env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY;
	// Variables are stronger than the file, and the last line of a file is.
	if (registry) lines.push(`registry=${registry}`);
	if (!lines.some(line => /^cafile\s*=/.test(line)) && env.NODE_EXTRA_CA_CERTS) {
		lines.push(`cafile=${env.NODE_EXTRA_CA_CERTS}`);
	}
	return lines.map(line => `${line}\n`).join('');
}

function readLines(path: string): string[] {
	try {
		return readFileSync(path, 'utf8').split('\n');
	} catch {
		return [];
	}
}
