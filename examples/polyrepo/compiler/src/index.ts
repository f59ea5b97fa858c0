import semver from 'semver';
// @ts-expect-error: the util package is plain JavaScript
import {duration} from '@orchard/util';

/** One thing to do. */
export interface Step {
	readonly name: string;
	/** Milliseconds. */
	readonly timeout: number;
}

/** Turns `name@version timeout` lines into steps, highest version first. */
export function compile(plan: string): Step[] {
	return plan
		.split('\n')
		.filter(line => line.trim() !== '')
		.map(line => {
			const [what = '', timeout = '1m'] = line.trim().split(/\s+/);
			const [name = '', version = '0.0.0'] = what.split('@');
			return {name, version, timeout: duration(timeout) as number};
		})
		.sort((a, b) => semver.rcompare(a.version, b.version))
		.map(({name, timeout}) => ({name, timeout}));
}
