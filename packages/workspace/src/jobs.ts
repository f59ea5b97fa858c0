// Each job is loaded when it is used: a command that needs one of them should not wait for all of them.

/** Clones every component that is missing; see clone-all.ts. */
export const cloneAll: typeof import('./clone-all.ts').cloneAll = async (...args) =>
	(await import('./clone-all.ts')).cloneAll(...args);

/** Says which tools are there; see doctor.ts. */
export const examine: typeof import('./doctor.ts').examine = async (...args) =>
	(await import('./doctor.ts')).examine(...args);

/** Installs from a wheelhouse; see install.ts. */
export const install: typeof import('./install.ts').install = async (...args) =>
	(await import('./install.ts')).install(...args);

/** Packages components with all that they need; see package/package.ts. */
export const packageComponents: typeof import('./package/package.ts').packageComponents = async (...args) =>
	(await import('./package/package.ts')).packageComponents(...args);

/** Shows the state of every checkout; see status.ts. */
export const workspaceStatus: typeof import('./status.ts').workspaceStatus = async (...args) =>
	(await import('./status.ts')).workspaceStatus(...args);

/** Publishes what is in a wheelhouse; see upload/upload.ts. */
export const upload: typeof import('./upload/upload.ts').upload = async (...args) =>
	(await import('./upload/upload.ts')).upload(...args);

/** Proves a wheelhouse; see verify.ts. */
export const verify: typeof import('./verify.ts').verify = async (...args) =>
	(await import('./verify.ts')).verify(...args);
