import {resolve} from 'node:path';
import {ecosystems} from '@occo/ecosystems';
import {
	type EcosystemName,
	type Finding,
	formatNpmTarget,
	formatPlace,
	OccoError,
	parseNpmTarget,
} from '@occo/model';
import {openWorkspace, type PackageAnswer, packageComponents, selectComponents} from '@occo/workspace';
import type {Command, Style} from '../command.ts';
import {escapeText} from '../escape.ts';
import {table} from '../style.ts';

/** `occo package`. */
export const packageCommand: Command<PackageAnswer> = {
	name: 'package',
	summary: 'Build a component and gather all that it needs in a wheelhouse',
	usage: 'package COMPONENT... | --all',
	description:
		'Takes exactly what is committed, builds it and the siblings it needs in clean environments, resolves everything else for all targets and fetches it into `<component>/wheelhouse/`, from which it installs without a network.\n\nWith nothing changed the wheelhouse is left as it is: no server is asked and no process started.',
	options: {
		all: {type: 'boolean', summary: 'All components but those with `package: false`'},
		targets: {
			type: 'string',
			value: 'TARGET',
			multiple: true,
			summary: 'Where it must install, as `linux x64`; replaces occo.yaml’s',
		},
		into: {
			type: 'string',
			value: 'DIR',
			summary: 'The wheelhouse folder (with several components: their parent)',
		},
		bundle: {type: 'string', value: 'FILE', summary: 'Write the wheelhouse as one file, too'},
		dirty: {type: 'boolean', summary: 'Take the work tree as it is; recorded in the wheelhouse'},
		offline: {type: 'boolean', summary: 'Ask no server; the cache must have everything'},
		refresh: {type: 'boolean', summary: 'Resolve again although nothing changed here'},
	},
	examples: [
		['occo package api', 'the wheelhouse of `api`, in api/wheelhouse'],
		['occo package --all --jobs 4', 'every component'],
		['occo package api --bundle api.tar', 'one file to carry'],
		["occo package api --targets 'linux x64' --targets 'darwin arm64'", 'for these two targets'],
	],
	completes: 'components',
	run: async ({host, jobs}, {positionals, options}) => {
		const workspace = await openWorkspace(host, ecosystems);
		if (positionals.length === 0 && !options.all) {
			throw new OccoError('OCCO_USAGE', 'which component?', {
				hint: 'name it, or package everything with `--all`',
			});
		}
		const packaged = workspace.components.filter(one => one.package && !workspace.plain.includes(one.name));
		const chosen = selectComponents(options.all ? packaged : workspace.components, positionals);
		const path = (value: unknown): string | undefined =>
			typeof value === 'string' ? resolve(host.cwd, value) : undefined;
		if (options.bundle !== undefined && chosen.length > 1) {
			throw new OccoError('OCCO_USAGE', '`--bundle` takes one component', {
				hint: `${chosen.length} were chosen`,
			});
		}
		const asked = (options.targets as readonly string[] | undefined)?.flatMap(text => text.split(','));
		return packageComponents(
			host,
			workspace,
			ecosystems,
			chosen.map(({name}) => name),
			{
				targets: targetsOf(workspace.targets, asked, host.platform),
				into: path(options.into),
				bundle: path(options.bundle),
				dirty: options.dirty === true,
				offline: options.offline === true,
				refresh: options.refresh === true,
				jobs: jobs(8),
			},
		);
	},
	print: ({components, findings}, style) => {
		const lines = findings.map(one => findingText(one, style));
		const rows = components.map(one => [
			style.good(one.built + one.fetched === 0 ? 'up to date' : 'packaged'),
			escapeText(`${one.name} ${one.version}`),
			`${one.artifacts} files, ${(one.bytes / 1e6).toFixed(1)} MB`,
			style.dim(`${one.fetched} fetched, ${one.built} built`),
			escapeText(one.bundle ?? one.wheelhouse),
		]);
		if (rows.length > 0) lines.push(table(rows, style.columns));
		if (findings.some(({severity}) => severity === 'error')) lines.push('nothing was built after that');
		return lines.join('\n');
	},
	failed: ({findings}) => findings.some(({severity}) => severity === 'error'),
};

function findingText(finding: Finding, style: Style): string {
	return `${escapeText(formatPlace(finding))}  ${finding.rule}  ${style.bad(finding.severity)}  ${escapeText(finding.message)}`;
}

function targetsOf(
	configured: Readonly<Partial<Record<EcosystemName, readonly string[]>>>,
	asked: readonly string[] | undefined,
	platform: {readonly os: string; readonly cpu: string; readonly libc: 'glibc' | 'musl' | undefined},
): Readonly<Partial<Record<EcosystemName, readonly string[]>>> {
	const npm = asked?.map(text => formatNpmTarget(parseNpmTarget(text))) ??
		configured.npm ?? [formatNpmTarget(platform)];
	return {...configured, npm: [...new Set(npm)].sort()};
}
