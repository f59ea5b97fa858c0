export type * from './component.ts';
export {type ErrorDetails, type ErrorKind, formatPlace, isOccoError, OccoError, type Place} from './error.ts';
export type {Event, Outcome} from './event.ts';
export type {Finding, Rule, Severity} from './finding.ts';
export {fitsNpmTarget, formatNpmTarget, type NpmTarget, parseNpmTarget} from './target.ts';
export {
	type Artifact,
	type ArtifactRole,
	indexFile,
	type SupportFile,
	type WheelhouseIndex,
} from './wheelhouse.ts';
