import type {Ecosystem} from '../ecosystem.ts';
import {pnpmVersion} from './pnpm-program.ts';
import {readNpmPackage} from './read.ts';
import {satisfiesNpm} from './satisfies.ts';

/** The npm world. Its heavy parts are loaded when they are used. */
export const npm: Ecosystem = {
	name: 'npm',
	read: readNpmPackage,
	tools: () => ({pnpm: pnpmVersion()}),
	satisfies: satisfiesNpm,
	build: async (...args) => (await import('./build.ts')).buildNpm(...args),
	resolve: async (...args) => (await import('./resolve.ts')).resolveNpm(...args),
	install: async (...args) => (await import('./install.ts')).installNpm(...args),
	clients: async host => (await import('./load.ts')).presentNpmClients(host),
	load: async (...args) => (await import('./load.ts')).loadNpmPackage(...args),
	proveClosure: async (...args) => (await import('./prove-closure.ts')).proveNpmClosure(...args),
	compare: async (...args) => (await import('./publish.ts')).compareNpm(...args),
	publish: async (...args) => (await import('./publish.ts')).publishNpm(...args),
	doctor: async host => (await import('./doctor.ts')).doctorNpm(host),
};
