import type {Command} from '../command.ts';

/** A command that is loaded when it is used. */
export interface CommandEntry {
	readonly name: string;
	/** One line, for the overview. */
	readonly summary: string;
	/** The task it belongs to, for the overview. */
	readonly group: 'Workspace' | 'Delivery' | 'Registry' | 'Help';
	/** Not shown to people. */
	readonly hidden?: boolean;
	load(): Promise<Command>;
}

/** Every command. Adding one is a file beside this and a line here. */
export const commands: readonly CommandEntry[] = [
	{
		name: 'init',
		summary: 'Write occo.yaml for the checkouts in this folder',
		group: 'Workspace',
		load: async () => (await import('./init.ts')).init as Command,
	},
	{
		name: 'clone-all',
		summary: 'Clone every component that is missing',
		group: 'Workspace',
		load: async () => (await import('./clone-all.ts')).cloneAll as Command,
	},
	{
		name: 'status',
		summary: 'Show branch, changes and version of every component',
		group: 'Workspace',
		load: async () => (await import('./status.ts')).status as Command,
	},
	{
		name: 'order',
		summary: 'Show the order in which components are built',
		group: 'Workspace',
		load: async () => (await import('./order.ts')).order as Command,
	},
	{
		name: 'config',
		summary: 'Show the merged configuration and where it comes from',
		group: 'Workspace',
		load: async () => (await import('./config.ts')).config as Command,
	},
	{
		name: 'package',
		summary: 'Build a component and gather all that it needs in a wheelhouse',
		group: 'Delivery',
		load: async () => (await import('./package.ts')).packageCommand as Command,
	},
	{
		name: 'verify',
		summary: 'Prove that a wheelhouse is complete and unchanged',
		group: 'Delivery',
		load: async () => (await import('./verify.ts')).verify as Command,
	},
	{
		name: 'install',
		summary: 'Install from a wheelhouse, without a network',
		group: 'Delivery',
		load: async () => (await import('./install.ts')).install as Command,
	},
	{
		name: 'registry',
		summary: 'Run the embedded private registry',
		group: 'Registry',
		load: async () => (await import('./registry.ts')).registry as Command,
	},
	{
		name: 'upload',
		summary: 'Publish everything in a wheelhouse to a registry',
		group: 'Delivery',
		load: async () => (await import('./upload.ts')).upload as Command,
	},
	{
		name: 'doctor',
		summary: 'Show which tools are there, and how to get what is missing',
		group: 'Help',
		load: async () => (await import('./doctor.ts')).doctor as Command,
	},
	{
		name: 'completion',
		summary: 'Print the completion script of a shell',
		group: 'Help',
		load: async () => (await import('./completion.ts')).completion(commands) as Command,
	},
	{
		name: '__components',
		summary: 'Print the names of the components',
		group: 'Help',
		hidden: true,
		load: async () => (await import('./components.ts')).components as Command,
	},
];
