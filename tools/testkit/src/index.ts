export {type FakeHost, type FakeHostOptions, fakeHost} from './fake-host.ts';
export {type FileLiteral, type FileTree, writeFiles} from './file-tree.ts';
export {
	type CommitLiteral,
	gitRepository,
	type Repository,
	type RepositoryLiteral,
	runGit,
} from './git-repository.ts';
export {isolatedEnvironment, upstreamNpmrc} from './isolated-environment.ts';
export {integrityOf, manifestOf, npmTarball, type PackageLiteral} from './npm-tarball.ts';
export {type NpmUpstream, npmUpstream} from './npm-upstream.ts';
export {type RealHostOptions, realHost} from './real-host.ts';
export {type OccoRun, type OccoRunOptions, occoFromSources, runOcco} from './run-occo.ts';
export {
	type Fault,
	type FaultServer,
	type Served,
	type ServerRequest,
	staticServer,
} from './static-server.ts';
export {type TarLiteral, tarBytes} from './tar-bytes.ts';
export {type Scope, temporaryFolder} from './temporary-folder.ts';
export {type ComponentLiteral, type TestWorkspace, workspaceOf} from './workspace.ts';
