import {createRequire} from 'node:module';

/** Whether a version satisfies an npm range; a prerelease only where the range names one of the same release. */
export function satisfiesNpm(version: string, constraint: string): boolean {
	// Loaded at the first use: the commands that compare no versions start faster.
	const semver: typeof import('semver') = createRequire(import.meta.url)('semver');
	return constraint === '' ? semver.valid(version) !== null : semver.satisfies(version, constraint);
}
