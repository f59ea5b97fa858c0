import {isAbsolute, relative, resolve} from 'node:path';
import type {Ecosystem} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import {
	type Artifact,
	type EcosystemName,
	fitsNpmTarget,
	formatNpmTarget,
	type NpmTarget,
	OccoError,
	type WheelhouseIndex,
} from '@occo/model';
import {findRoot} from './settings/layers.ts';
import {locateWheelhouse} from './wheelhouse/locate.ts';
import {openWheelhouse} from './wheelhouse/open.ts';
import {verifyHashes} from './wheelhouse/verify-hashes.ts';

/** The answer of `occo install`. */
export interface InstallAnswer {
	/** Relative to the workspace when inside one, else absolute. */
	readonly into: string;
	readonly package: string;
	readonly version: string;
	/** The client that did it, with its version. */
	readonly client: string;
	/** Sorted by name. */
	readonly installed: readonly {
		readonly ecosystem: EcosystemName;
		readonly name: string;
		readonly version: string;
	}[];
	/** Names of the commands in `<into>/bin`. */
	readonly bin: readonly string[];
	/** What the user should know: install scripts that were not run. */
	readonly notes: readonly string[];
}

/** What to install, where, and how. */
export interface InstallOptions {
	/** A wheelhouse folder, a bundle file, or a component of the workspace. */
	readonly place: string;
	/** Relative to the host's folder, or absolute. */
	readonly into: string;
	readonly client?: string;
	/** Whether install scripts may run. */
	readonly scripts?: boolean;
}

/**
 * Installs from a wheelhouse and from nothing else: verifies every file first, then lets the ecosystem's client work with
 * the network closed. Throws `OCCO_VERIFY` naming the first file that is wrong, `OCCO_TARGET` for another platform's.
 */
export async function install(
	host: Host,
	ecosystems: readonly Ecosystem[],
	options: InstallOptions,
): Promise<InstallAnswer> {
	const into = resolve(host.cwd, options.into);
	const path = await locateWheelhouse(host, options.place);
	const {folder, index, close} = await openWheelhouse(host, path);
	try {
		checkTarget(host, index);
		const ecosystem = ecosystems.find(({name}) => name === index.ecosystem);
		if (!ecosystem) {
			throw new OccoError('OCCO_ECOSYSTEM', `this occo cannot install ${index.ecosystem} packages`);
		}
		await requireVerified(host, folder, index, options.place);
		host.report({type: 'phase', phase: 'install'});
		const {scripts = false, client} = options;
		const done = await ecosystem.install(host, {...index, wheelhouse: folder, into, client, scripts});
		host.report({type: 'phase-ended', phase: 'install', detail: `with ${done.client}`});
		return {
			into: await shown(host, into),
			package: index.package,
			version: index.version,
			client: done.client,
			installed: done.installed
				.map(({name, version}) => ({ecosystem: index.ecosystem, name, version}))
				.sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1)),
			bin: done.bin.map(command => relative(`${into}/bin`, command)).sort(),
			notes: scripts ? [] : notesOnScripts(host, index.artifacts),
		};
	} finally {
		await close();
	}
}

async function requireVerified(
	host: Host,
	folder: string,
	index: WheelhouseIndex,
	place: string,
): Promise<void> {
	const total = index.artifacts.length + index.files.length;
	host.report({type: 'phase', phase: 'verify', total});
	const [first, ...rest] = await verifyHashes(host, folder, index);
	host.report({type: 'phase-ended', phase: 'verify', detail: `${total} files`});
	if (!first) return;
	const more = rest.length > 0 ? ` (and ${rest.length} more)` : '';
	throw new OccoError('OCCO_VERIFY', `${first.message}${more}; nothing was installed`, {
		kind: 'no',
		hint: `run \`occo verify ${place}\` for the whole list`,
	});
}

/** Throws `OCCO_TARGET`, naming both, when a wheelhouse was made for other machines than this one. */
export function checkTarget(host: Host, {targets}: WheelhouseIndex): void {
	const here = formatNpmTarget(host.platform as NpmTarget);
	if (targets.npm === undefined || targets.npm.length === 0 || targets.npm.includes(here)) return;
	const made = targets.npm.map(target => `\`${target}\``).join(', ');
	throw new OccoError('OCCO_TARGET', `the wheelhouse was made for ${made}, this machine is \`${here}\``, {
		hint: `package it again with \`--targets "${here}"\``,
	});
}

function notesOnScripts(host: Host, artifacts: readonly Artifact[]): readonly string[] {
	const names = artifacts
		.filter(
			one => one.installScripts && one.ecosystem === 'npm' && fitsNpmTarget(one, host.platform as NpmTarget),
		)
		.map(({name, version}) => `${name}@${version}`);
	return names.length === 0
		? []
		: [`install scripts were not run (allow them with --scripts): ${names.join(', ')}`];
}

async function shown(host: Host, path: string): Promise<string> {
	const root = await findRoot(host).catch(() => undefined);
	const inside = root === undefined ? undefined : relative(root, path);
	return inside === undefined || inside.startsWith('..') || isAbsolute(inside)
		? path
		: inside.split('\\').join('/');
}
