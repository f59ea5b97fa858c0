export {type CloneOptions, cloneAll, type SourceResult} from './clone-all.ts';
export {examine} from './doctor.ts';
export {originUrl} from './git/origin.ts';
export {type InstallAnswer, type InstallOptions, install} from './install.ts';
export {
	type OpenSettings,
	openSettings,
	openSettingsOr,
	openWorkspace,
	requireRead,
	selectComponents,
	type Workspace,
} from './open.ts';
export {
	type PackageAnswer,
	type Packaged,
	type PackageOptions,
	packageComponents,
} from './package/package.ts';
export {type Flags, findRoot, workspaceFile} from './settings/layers.ts';
export type {Servers, Settings} from './settings/resolve.ts';
export {type ComponentStatus, type WorkspaceStatus, workspaceStatus} from './status.ts';
export {type Level, type Verification, verify} from './verify.ts';
export {type UploadAnswer, type UploadedArtifact, type UploadRequest, upload} from './upload/upload.ts';
