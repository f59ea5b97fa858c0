import {join} from 'node:path';
import {usersFile} from './state.ts';

/** The one configuration that Verdaccio runs with. */
export function configuration(storage: string): object {
	// Verdaccio looks for `<folder>/verdaccio-<name>` and tries `.js` itself; from sources the name says `.ts`
	const plugin = import.meta.url.endsWith('.ts') ? 'plugin.ts' : 'plugin';
	const self = join(storage, 'verdaccio.yaml');
	return {
		storage: join(storage, 'verdaccio'),
		configPath: self,
		self_path: self,
		plugins: import.meta.dirname,
		store: {[plugin]: {storageFolder: storage}},
		middlewares: {[plugin]: {storageFolder: storage}},
		auth: {
			htpasswd: {file: usersFile(storage), max_users: -1, algorithm: 'bcrypt', rounds: 10},
		},
		// The default tokens cost a password hash for every request.
		security: {api: {legacy: false, jwt: {sign: {expiresIn: '90d'}}}, web: {sign: {expiresIn: '8h'}}},
		uplinks: {},
		packages: {
			'@*/*': {access: '$all', publish: '$authenticated', unpublish: 'nobody'},
			'**': {access: '$all', publish: '$authenticated', unpublish: 'nobody'},
		},
		max_body_size: '1gb',
		userRateLimit: {windowMs: 60_000, max: 1000},
		web: {enable: true, title: 'occo registry'},
		log: {type: 'file', path: join(storage, 'registry.log'), format: 'json', level: 'warn'},
		notify: {},
	};
}
