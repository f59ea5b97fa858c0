import type {InstallAnswer} from '@occo/workspace';
import type {Command} from '../command.ts';
import {onePlace} from './verify.ts';

/** `occo install`: from a wheelhouse only, no network. */
export const install: Command<InstallAnswer> = {
	name: 'install',
	summary: 'Install from a wheelhouse, without a network',
	usage: 'install DIR|FILE|COMPONENT --into DIR [--with CLIENT] [--scripts]',
	description:
		'Verifies every file first, then installs from the wheelhouse and from nothing else, without touching your caches, lock files or configuration. Commands appear in `DIR/bin` and work from any folder. A folder that an earlier `occo install` made is replaced at once; any other is refused.',
	options: {
		into: {type: 'string', value: 'DIR', summary: 'the folder to make'},
		with: {
			type: 'string',
			value: 'CLIENT',
			summary: 'the client that installs: pnpm (comes with occo), npm, yarn or bun',
			choices: ['pnpm', 'npm', 'yarn', 'bun'],
		},
		scripts: {type: 'boolean', summary: 'let install scripts of packages run'},
	},
	examples: [
		['occo install enactor-1.2.0.tar --into /opt/enactor', 'install a bundle'],
		['occo install enactor --into /tmp/try --with npm', "install a component's wheelhouse with npm"],
	],
	completes: 'files',
	async run({host}, {positionals, options}) {
		const place = await onePlace(positionals);
		const {into, with: client, scripts} = options;
		if (typeof into !== 'string' || into === '') {
			const {OccoError} = await import('@occo/model');
			throw new OccoError('OCCO_USAGE', 'where to? `--into` is missing', {
				hint: `occo install ${place} --into DIR`,
			});
		}
		const [{ecosystems}, workspace] = await Promise.all([
			import('@occo/ecosystems'),
			import('@occo/workspace'),
		]);
		return workspace.install(host, ecosystems, {
			place,
			into,
			scripts: scripts === true,
			...(typeof client === 'string' && {client}),
		});
	},
	print({into, package: name, version, client, installed, bin, notes}, style) {
		const count = installed.length === 1 ? '1 package' : `${installed.length} packages`;
		const lines = [style.good(`${name} ${version} is in ${into}`) + style.dim(` (${count}, ${client})`)];
		lines.push(...bin.map(command => `  ${into}/bin/${command}`));
		lines.push(...notes.map(note => style.warn(note)));
		return lines.join('\n');
	},
};
