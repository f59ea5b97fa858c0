/** For which client a configuration is. */
export type ClientKind = 'npmrc' | 'shell';

/**
 * Configuration that makes clients use one registry and nothing else: an `.npmrc` (npm, pnpm, yarn 1, bun), or variables for a
 * shell. With a token whoever reads it may publish.
 */
export function clientConfiguration(kind: ClientKind, url: string, token: string | undefined): string {
	const credentials = `${url.replace(/^https?:/, '')}:_authToken`;
	if (kind === 'npmrc') return [`registry=${url}`, ...(token ? [`${credentials}=${token}`] : [])].join('\n');
	return [
		`export npm_config_registry='${url}'`,
		`export YARN_NPM_REGISTRY_SERVER='${url}'`,
		...(token ? [`export OCCO_TOKEN='${token}'`] : []),
	].join('\n');
}
