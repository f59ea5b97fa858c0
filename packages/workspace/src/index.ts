export {
	type OpenSettings,
	openSettings,
	openWorkspace,
	requireRead,
	selectComponents,
	type Workspace,
} from './open.ts';
export {type Flags, findRoot, workspaceFile} from './settings/layers.ts';
export type {Servers, Settings} from './settings/resolve.ts';
