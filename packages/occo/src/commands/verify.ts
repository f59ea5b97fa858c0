import type {Verification} from '@occo/workspace';
import type {Command} from '../command.ts';

/** `occo verify`: is a wheelhouse whole, complete, installable? */
export const verify: Command<Verification> = {
	name: 'verify',
	summary: 'Prove that a wheelhouse is complete and unchanged',
	usage: 'verify DIR|FILE|COMPONENT [--closure] [--install]',
	description:
		'Compares every file with the index and names each one that is missing, extra, altered or no plain file. With `--closure` the component is resolved again against nothing but the wheelhouse and must give the same lock. With `--install` it is installed offline with every client on this machine, and loaded.',
	options: {
		closure: {type: 'boolean', summary: 'resolve again from the wheelhouse alone and compare the lock'},
		install: {type: 'boolean', summary: 'install offline with each client present and load the package'},
	},
	examples: [
		['occo verify enactor', 'compare the wheelhouse of a component with its index'],
		['occo verify enactor-1.2.0.tar --closure --install', 'prove a bundle completely'],
		['occo verify ./wheelhouse --json', 'the problems as data'],
	],
	completes: 'files',
	async run({host}, {positionals, options}) {
		const [place, {ecosystems}, workspace] = [
			await onePlace(positionals),
			await import('@occo/ecosystems'),
			await import('@occo/workspace'),
		];
		const {closure, install} = options;
		return workspace.verify(host, ecosystems, {place, closure: closure === true, install: install === true});
	},
	print({ok, levels, checked, problems}, style) {
		const done = levels.join(', ');
		if (ok) return style.good(`verified: ${checked} files (${done})`);
		const lines = problems.map(({code, message}) => `${style.bad(code.padEnd(8))} ${message}`);
		const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
		return [...lines, style.bad(`does not verify: ${count}, ${checked} files checked (${done})`)].join('\n');
	},
	failed: ({ok}) => !ok,
};

/** The one place that the command line must name. */
export async function onePlace(positionals: readonly string[]): Promise<string> {
	const [place, ...rest] = positionals;
	if (place !== undefined && place !== '' && rest.length === 0) return place;
	const {OccoError} = await import('@occo/model');
	const what = rest.length > 0 ? 'one wheelhouse at a time' : 'which wheelhouse?';
	throw new OccoError('OCCO_USAGE', what, {hint: 'name its folder, its bundle file or a component'});
}
