export {checkDistinct, checkedPath, folded, hasInvisible, quoted} from './checked-path.ts';
export {checkedRevision} from './checked-revision.ts';
export {checkedUrl, defaultProtocols, type Protocol, protocols} from './checked-url.ts';
export type * from './component.ts';
export {type ErrorDetails, type ErrorKind, formatPlace, isOccoError, OccoError, type Place} from './error.ts';
export type {Event, Outcome} from './event.ts';
export type {Finding, Knowledge, Rule, Severity} from './finding.ts';
export {interpolate} from './interpolate.ts';
export {
	above,
	buildOrder,
	closure,
	compare,
	type Edge,
	edges,
	type Order,
	orderKinds,
	packageKey,
	packageOwners,
	upTo,
} from './order.ts';
export {rules} from './rules/index.ts';
export {
	expandComponents,
	type List,
	lookUp,
	type Origin,
	overlay,
	plainValue,
	type Scalar,
	type Section,
	type Setting,
	settingError,
} from './settings.ts';
export {didYouMean, nearest} from './suggest.ts';
export {fitsNpmTarget, formatNpmTarget, type NpmTarget, parseNpmTarget} from './target.ts';
export {
	type Artifact,
	type ArtifactRole,
	indexFile,
	type SupportFile,
	type WheelhouseIndex,
} from './wheelhouse.ts';
export {checkLayer, jsonSchema, type Schema, workspaceSchema} from './workspace-schema.ts';
