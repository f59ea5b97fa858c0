import {join} from 'node:path';

/** The one configuration that Verdaccio runs with; everything in it has a reason in docs/decisions. */
export function configuration(storage: string, plugins: string): object {
	const self = join(storage, 'verdaccio.yaml');
	return {
		storage: join(storage, 'verdaccio'),
		configPath: self,
		self_path: self,
		plugins,
		store: {occo: {storageFolder: storage}},
		middlewares: {occo: {storageFolder: storage}},
		auth: {
			htpasswd: {file: join(storage, 'secrets', 'htpasswd'), max_users: -1, algorithm: 'bcrypt', rounds: 10},
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
