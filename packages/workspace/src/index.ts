export type {CloneOptions, SourceResult} from './clone-all.ts';
export {originUrl} from './git/origin.ts';
export type {InstallAnswer, InstallOptions} from './install.ts';
export {cloneAll, examine, install, packageComponents, upload, verify, workspaceStatus} from './jobs.ts';
export {
	type OpenSettings,
	openSettings,
	openSettingsOr,
	openWorkspace,
	requireRead,
	selectComponents,
	type Workspace,
} from './open.ts';
export type {PackageAnswer, Packaged, PackageOptions} from './package/package.ts';
export {type Flags, findRoot, workspaceFile} from './settings/layers.ts';
export type {Servers, Settings} from './settings/resolve.ts';
export type {ComponentStatus, WorkspaceStatus} from './status.ts';
export type {UploadAnswer, UploadedArtifact, UploadRequest} from './upload/upload.ts';
export type {Level, Verification} from './verify.ts';
