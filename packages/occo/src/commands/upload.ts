import type {PublishTarget} from '@occo/ecosystems';
import {type EcosystemName, OccoError} from '@occo/model';
import type {UploadAnswer, UploadedArtifact} from '@occo/workspace';
import type {Command, Context} from '../command.ts';
import {escapeText} from '../escape.ts';
import {table} from '../style.ts';

const shownFirst: readonly UploadedArtifact['state'][] = [
	'conflict',
	'failed',
	'planned',
	'uploaded',
	'present',
];

/** `occo upload`. */
export const upload: Command<UploadAnswer> = {
	name: 'upload',
	summary: 'Publish everything in a wheelhouse to a registry',
	usage: 'upload COMPONENT|DIR|FILE... [--registry URL] [--dry-run]',
	description:
		'Verifies the wheelhouse, compares it with the registry, and sends what is missing: dependencies before what needs them, then every digest is read again. Where a version is there with other bytes, all such conflicts are listed and nothing is sent.\n\nThe token comes from OCCO_TOKEN, from .npmrc, or from the embedded registry when it runs on this machine. A component with `publish: false` is not sent itself, only what it needs.',
	options: {
		registry: {type: 'string', value: 'URL', summary: 'The registry; replaces occo.yaml’s'},
		'dry-run': {type: 'boolean', summary: 'Compare only, send nothing'},
	},
	examples: [
		['occo upload api', 'the wheelhouse of `api`, to the registry of occo.yaml'],
		['occo upload api.tar --registry http://127.0.0.1:4873', 'a bundle, to this registry'],
		['occo upload api --dry-run', 'what would be sent'],
	],
	completes: 'components',
	run: async ({host}, {positionals, options}) => {
		if (positionals.length === 0) {
			throw new OccoError('OCCO_USAGE', 'upload what?', {
				hint: 'name a component, a wheelhouse folder or a bundle file',
			});
		}
		const [{ecosystems}, workspace] = await Promise.all([
			import('@occo/ecosystems'),
			import('@occo/workspace'),
		]);
		const flags = typeof options.registry === 'string' ? {registry: options.registry} : {};
		const settings = await workspace.openSettingsOr(host, flags);
		const targets = await targetsOf(host, settings.registry, settings.root);
		return workspace.upload(host, ecosystems, {
			places: positionals,
			targets,
			unpublished: new Set(settings.components.filter(one => !one.publish).map(({name}) => name)),
			jobs: 12,
			dryRun: options['dry-run'] === true,
		});
	},
	print: ({registry, artifacts}, style) => {
		const isQuiet = (state: UploadedArtifact['state']): boolean =>
			state === 'present' || (state === 'uploaded' && artifacts.length > 30);
		const shown = artifacts
			.filter(({state}) => !isQuiet(state))
			.sort((a, b) => shownFirst.indexOf(a.state) - shownFirst.indexOf(b.state));
		const paint = {
			conflict: style.bad,
			failed: style.bad,
			planned: style.warn,
			uploaded: style.good,
			present: style.dim,
		};
		const rows = shown.map(one => [
			paint[one.state](one.state),
			escapeText(`${one.name}@${one.version}`),
			escapeText(one.message ?? ''),
		]);
		const counts = shownFirst
			.map(state => [artifacts.filter(one => one.state === state).length, state] as const)
			.filter(([count]) => count > 0);
		const total = counts
			.map(([count, state]) => `${count} ${state === 'present' ? 'already there' : state}`)
			.join(', ');
		const lines = [
			...(rows.length > 0 ? [table(rows, style.columns)] : []),
			`${escapeText(registry)}: ${total || 'nothing to send'}`,
		];
		if (artifacts.some(({state}) => state === 'conflict')) {
			lines.push(
				`${style.warn('hint:')} nothing was sent: a published version cannot change; give each of these a new version`,
			);
		}
		return lines.join('\n');
	},
	failed: ({artifacts}) => artifacts.some(({state}) => state === 'conflict' || state === 'failed'),
};

async function targetsOf(
	host: Context['host'],
	servers: Readonly<Partial<Record<EcosystemName, string>>>,
	root: string,
): Promise<Readonly<Partial<Record<EcosystemName, PublishTarget>>>> {
	const {npm} = servers;
	if (npm === undefined) {
		throw new OccoError('OCCO_NO_REGISTRY', 'no registry is configured', {
			hint: 'give `--registry URL`, or set `registry:` in occo.yaml; `occo registry start` runs one here',
		});
	}
	return {npm: {registry: npm, authorization: await authorizationFor(host, npm, root)}};
}

/** The first that there is: OCCO_TOKEN, .npmrc, the embedded registry's own publisher on this machine. */
async function authorizationFor(
	host: Context['host'],
	url: string,
	root: string,
): Promise<string | undefined> {
	const given = host.env.OCCO_TOKEN;
	if (given) return `Bearer ${given}`;
	const {npmAuthorization} = await import('@occo/ecosystems');
	const configured = await npmAuthorization(host, root, url);
	if (configured !== undefined) return configured;
	const {publisherToken, registryStatus} = await import('@occo/registry');
	const running = await registryStatus(host);
	return running.npm === url ? `Bearer ${await publisherToken(host)}` : undefined;
}
