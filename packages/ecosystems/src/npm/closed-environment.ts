import {delimiter, dirname, join} from 'node:path';
import {cleanEnvironment, type Host} from '@occo/host';

/** A port that nothing listens on (discard): whatever is sent there fails at once. */
const nowhere = 'http://127.0.0.1:9/';

/**
 * The environment of a client that must neither reach the network nor touch what is the user's: proxies and registries
 * point nowhere (or to `registry`, a loopback one), and home, caches and configuration lie below `work`.
 */
export function closedEnvironment(
	host: Host,
	work: string,
	registry: string = nowhere,
): Record<string, string> {
	const clean = cleanEnvironment(host.env);
	for (const name of Object.keys(clean)) {
		if (/^(bun_|corepack_|https?_proxy$|all_proxy$|no_proxy$|xdg_)/i.test(name)) delete clean[name];
	}
	const folder = (name: string): string => join(work, name);
	return {
		...clean,
		PATH: [dirname(host.nodePath), clean.PATH].filter(Boolean).join(delimiter),
		HOME: folder('home'),
		USERPROFILE: folder('home'),
		XDG_CACHE_HOME: folder('cache'),
		XDG_CONFIG_HOME: folder('config'),
		XDG_DATA_HOME: folder('data'),
		XDG_STATE_HOME: folder('state'),
		HTTP_PROXY: nowhere,
		HTTPS_PROXY: nowhere,
		ALL_PROXY: nowhere,
		NO_PROXY: '127.0.0.1',
		http_proxy: nowhere,
		https_proxy: nowhere,
		all_proxy: nowhere,
		no_proxy: '127.0.0.1',
		CI: '1',
		COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
		COREPACK_ENABLE_NETWORK: '0',
		npm_config_registry: registry,
		npm_config_userconfig: folder('user.npmrc'),
		npm_config_globalconfig: folder('global.npmrc'),
		npm_config_cache: folder('npm-cache'),
		npm_config_update_notifier: 'false',
		npm_config_audit: 'false',
		npm_config_fund: 'false',
		YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
		YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
		YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
		YARN_ENABLE_TELEMETRY: 'false',
		YARN_GLOBAL_FOLDER: folder('yarn'),
		YARN_NODE_LINKER: 'node-modules',
		YARN_NPM_MINIMAL_AGE_GATE: '0',
		BUN_INSTALL_CACHE_DIR: folder('bun'),
	};
}
