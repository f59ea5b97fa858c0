import {delimiter, dirname, join} from 'node:path';
import {cleanEnvironment, type Finished, type Host} from '@occo/host';
import {OccoError} from '@occo/model';
import {readNpmConfig} from './npm-config.ts';
import {pnpmProgram} from './pnpm-program.ts';

/** What pnpm works with: a home of its own, so that nothing of the user's configuration but registries gets in. */
export interface PnpmSite {
	/** Absolute folder of the project. */
	readonly project: string;
	/** Absolute folder for a home; its `.npmrc` is written here. */
	readonly home: string;
	readonly workspace: string;
	readonly upstream: string | undefined;
	readonly offline: boolean;
}

/** Writes the home's configuration and answers a function that runs pnpm in the project. */
export async function preparePnpm(
	host: Host,
	site: PnpmSite,
): Promise<(argv: readonly string[], onStderr?: (text: string) => void) => Promise<Finished>> {
	const {lines} = await readNpmConfig(host, site.workspace, site.upstream);
	await host.files.write(join(site.home, '.npmrc'), `${lines.join('\n')}\n`, {mode: 0o600});
	const shared = join(host.folders.cache, 'pnpm');
	const settings = [
		`--config.store-dir=${join(shared, 'store')}`,
		`--config.cache-dir=${join(shared, 'metadata')}`,
		`--config.state-dir=${join(shared, 'state')}`,
		'--config.update-notifier=false',
		'--config.manage-package-manager-versions=false',
		'--config.package-manager-strict=false',
		...(site.offline ? ['--config.offline=true'] : []),
	];
	const clean = cleanEnvironment(host.env);
	for (const name of Object.keys(clean)) if (name.startsWith('XDG_')) delete clean[name];
	const env = {
		...clean,
		// Build scripts find the Node that runs occo.
		PATH: [dirname(host.nodePath), clean.PATH].filter(Boolean).join(delimiter),
		HOME: site.home,
		CI: '1',
	};
	return (argv, onStderr) =>
		host.run({
			program: pnpmProgram(host),
			arguments: [...settings, ...argv],
			cwd: site.project,
			env,
			umask: 0o022,
			...(onStderr ? {onStderr} : {}),
		});
}

/** Turns what pnpm printed when it failed into an error: its own code and words, without our folders. */
export function pnpmError(finished: Finished, doing: string, hide: string): OccoError {
	const text = `${finished.stdout}\n${finished.stderr}`.replaceAll(hide, '').trim();
	const lines = text
		.split('\n')
		.map(line => line.replace(/^[\s×╰─▶│├]+/, '').trimEnd())
		.filter(line => line !== '');
	const code = lines.find(line => /ERR_PNPM_\w+/.test(line));
	const at = code === undefined ? -1 : lines.indexOf(code);
	const said = at >= 0 ? lines.slice(at, at + 4).join(' ') : lines.slice(-6).join('\n');
	const help = /help: (.*)/.exec(text)?.[1];
	return new OccoError('OCCO_PNPM', `${doing}: ${said}`, {kind: 'world', ...(help ? {hint: help} : {})});
}
