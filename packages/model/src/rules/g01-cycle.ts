import type {Rule} from '../finding.ts';
import {buildOrder, edges} from '../order.ts';

/** G01: components that need each other for running or building have no build order. */
export const cycleRule: Rule = {
	id: 'G01',
	summary: 'Components must not need each other in a circle',
	*check(components) {
		const links = edges(components);
		for (const cycle of buildOrder(
			components.map(({name}) => name),
			links,
		).cycles) {
			const last = links.find(({from, to}) => from === cycle.at(-2) && to === cycle.at(-1));
			yield {
				rule: 'G01',
				severity: 'error',
				component: last?.from ?? (cycle[0] as string),
				file: last?.file ?? '',
				line: last?.line ?? 1,
				column: 1,
				message: `components need each other: ${cycle.join(' -> ')}`,
				fixable: false,
			};
		}
	},
};
