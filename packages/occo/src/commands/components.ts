import {openSettings} from '@occo/workspace';
import type {Command} from '../command.ts';

/** `occo __components`: the names of the workspace's components for shell completion; opens no checkout. */
export const components: Command<{components: readonly string[]}> = {
	name: '__components',
	summary: 'Print the names of the components',
	usage: '__components',
	examples: [],
	run: async ({host}) => ({components: (await openSettings(host)).components.map(({name}) => name)}),
	print: output => output.components.join('\n'),
};
