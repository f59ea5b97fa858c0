import type {Rule} from '../finding.ts';
import {packageKey, packageOwners} from '../order.ts';

/**
 * T07: the version of a sibling's checkout must lie within what its users ask for, in the abstract manifest and in the
 * deploy pins; otherwise a bundle would hold another version than the manifests promise.
 */
export const siblingVersionRule: Rule = {
	id: 'T07',
	summary: 'A sibling’s version must satisfy the constraints and pins on it',
	*check(components, {satisfies}) {
		const owners = packageOwners(components);
		for (const component of components) {
			for (const {role, requirements} of component.read.manifests) {
				if (role === 'test') continue;
				for (const {name, constraint, kind, source, place} of requirements) {
					const sibling = owners.get(packageKey(component.read.ecosystem, name));
					if (sibling === undefined || source !== undefined || kind === 'test' || sibling === component)
						continue;
					if (satisfies(component.read.ecosystem, sibling.read.version, constraint)) continue;
					yield {
						rule: 'T07',
						severity: 'error',
						component: component.name,
						...place,
						message: `\`${name}\` is ${sibling.read.version} in its checkout, wanted ${constraint} (${role} manifest)`,
						fixable: false,
					};
				}
			}
		}
	},
};
