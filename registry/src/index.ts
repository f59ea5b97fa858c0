export {type ClientKind, clientConfiguration} from './client-configuration.ts';
export {
	defaultStorage,
	type RegistryOptions,
	type RegistryStatus,
	registryStatus,
	type StartedRegistry,
	startRegistry,
	stopRegistry,
} from './control.ts';
export {readPassword} from './password.ts';
export {addUser, publisherToken} from './users.ts';
