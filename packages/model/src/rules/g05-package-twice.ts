import {formatPlace} from '../error.ts';
import type {Rule} from '../finding.ts';
import {packageKey, packageOwners} from '../order.ts';

/** G05: two components that make one package would be told apart by nobody: order, pins and uploads need one owner. */
export const packageTwiceRule: Rule = {
	id: 'G05',
	summary: 'Two components must not make the same package',
	*check(components) {
		const owners = packageOwners(components);
		for (const component of components) {
			const {ecosystem, name, manifests} = component.read;
			const owner = owners.get(packageKey(ecosystem, name));
			if (owner === undefined || owner === component) continue;
			yield {
				rule: 'G05',
				severity: 'error',
				component: component.name,
				file: manifests[0]?.file ?? component.place.file,
				line: 1,
				column: 1,
				message: `the ${ecosystem} package \`${name}\` is made by \`${owner.name}\` too (${formatPlace(owner.place)})`,
				fixable: false,
			};
		}
	},
};
