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
export {type InstallAnswer, type InstallOptions, install} from './install.ts';
export {type Level, type Verification, verify} from './verify.ts';
export {type CloneOptions, cloneAll, type SourceResult} from './clone-all.ts';
export {examine} from './doctor.ts';
export {type ComponentStatus, originUrl, type WorkspaceStatus, workspaceStatus} from './status.ts';
export {type PackageAnswer, type Packaged, type PackageOptions, packageComponents} from './package/package.ts';
