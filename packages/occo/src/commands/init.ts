import {basename, join} from 'node:path';
import {checkedPath, checkedUrl, isOccoError, OccoError, type Protocol, protocols} from '@occo/model';
import {originUrl, workspaceFile} from '@occo/workspace';
import type {Command} from '../command.ts';

/** The answer of `occo init`. */
export interface InitAnswer {
	/** The file written, relative to the folder. */
	readonly file: string;
	/** Components found as checkouts in this folder. */
	readonly components: readonly string[];
}

interface Found {
	readonly name: string;
	readonly git: string | undefined;
}

/** `occo init`. */
export const init: Command<InitAnswer> = {
	name: 'init',
	summary: 'Write occo.yaml for the checkouts in this folder',
	usage: 'init',
	description:
		'Lists every git checkout in a direct sub-folder as a component, with the URL of its `origin`. Without any it writes a file to start from. An occo.yaml that is there is never overwritten.',
	examples: [['occo init', 'make this folder a workspace']],
	run: async ({host}, {positionals}) => {
		if (positionals.length > 0)
			throw new OccoError('OCCO_USAGE', '`occo init` takes no names', {
				hint: 'it finds the checkouts of this folder',
			});
		const path = join(host.cwd, workspaceFile);
		const found = await checkouts();
		const created = await host.files.create(path, text(found));
		if (!created) {
			throw new OccoError('OCCO_EXISTS', `\`${workspaceFile}\` is already there`, {
				hint: 'edit it, or take it away first',
			});
		}
		await ignoreLocal();
		return {file: workspaceFile, components: found.map(({name}) => name)};

		async function checkouts(): Promise<Found[]> {
			const names = await host.files.list(host.cwd);
			const all = await Promise.all(
				names.map(async (name): Promise<Found[]> => {
					const isCheckout = !name.startsWith('.') && (await host.files.exists(join(host.cwd, name, '.git')));
					if (!isCheckout || !passes(() => checkedPath(name, name))) return [];
					const url = await originUrl(host, join(host.cwd, name));
					const safe = url !== undefined && passes(() => checkedUrl(url, name, protocols));
					if (url !== undefined && !safe) {
						host.report({
							type: 'warning',
							message: `\`${name}\`: the URL of its origin cannot be used and is left out`,
						});
					}
					return [{name, git: safe ? url : undefined}];
				}),
			);
			return all.flat();
		}

		async function ignoreLocal(): Promise<void> {
			const ignore = join(host.cwd, '.gitignore');
			const before = (await host.files.readText(ignore)) ?? '';
			const lines = ['occo.local.yaml', '/.occo/', 'wheelhouse/'].filter(
				line => !before.split('\n').includes(line),
			);
			if (lines.length === 0) return;
			const glue = before === '' || before.endsWith('\n') ? '' : '\n';
			await host.files.write(ignore, `${before}${glue}${lines.join('\n')}\n`);
		}
	},
	print: ({file, components}) =>
		components.length === 0
			? `wrote ${file}; list your components in it, then run \`occo clone-all\``
			: `wrote ${file} with ${components.length} components: ${components.join(', ')}`,
};

function passes(check: () => unknown): boolean {
	try {
		check();
		return true;
	} catch (error) {
		if (isOccoError(error)) return false;
		throw error;
	}
}

function text(found: readonly Found[]): string {
	const used = new Set(found.flatMap(({git}) => (git === undefined ? [] : protocolOf(git))));
	const extra = [...used].filter(protocol => protocol !== 'https' && protocol !== 'ssh');
	const listed =
		found.length > 0
			? found.map(
					({name, git}) =>
						`  ${quotedKey(name)}: ${git === undefined ? '{}' : `{ git: ${JSON.stringify(git)} }`}`,
				)
			: [
					'  # "*" is the base of all components; ${.name} is the name of each',
					'  # "*": { git: "git@git.example.org:team/${.name}.git", branch: main }',
					'  # util:',
					'  # api: { branch: devel }',
				];
	return [
		'# The workspace file of occo: which repositories belong together, and where they are.',
		...(extra.length > 0 ? [`protocols: [https, ssh, ${extra.join(', ')}]`] : []),
		'components:',
		...listed,
		'',
		'# registry: http://127.0.0.1:4873            # where `occo upload` publishes',
		'# targets:                                   # where bundles must install; this machine by default',
		'#   npm: [ "linux x64", "linux arm64 musl" ]',
		'',
	].join('\n');
}

function quotedKey(name: string): string {
	return /^[A-Za-z_][\w.-]*$/.test(basename(name)) ? name : JSON.stringify(name);
}

function protocolOf(url: string): Protocol[] {
	const scheme = /^([a-z]+):\/\//.exec(url)?.[1];
	if (scheme !== undefined) return [scheme as Protocol];
	return /^[^/]+:/.test(url) ? ['ssh'] : ['file'];
}
