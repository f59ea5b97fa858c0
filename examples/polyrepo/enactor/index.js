import {compile} from '@orchard/compiler';
import {describe} from '@orchard/info-broker';

/** Carries out a plan and answers a line for each step. */
export function enact(plan) {
	return compile(plan).map(({name, timeout}) => `${describe(name)} (${timeout} ms)`);
}
