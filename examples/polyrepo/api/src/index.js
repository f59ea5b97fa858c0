import {duration} from '@orchard/util';
import {compile} from 'orchard-compiler';
import {process} from 'orchard-infrastructure-processor';

/** Machines of a description in their order, and how long all of them may take, in ms. */
export function plan(description) {
	const nodes = compile(description);
	return {nodes, patience: nodes.reduce((sum, node) => sum + node.patience, duration('0s'))};
}

/** Starts everything; answers the steps and the state of every machine. */
export const deploy = description => process(description);
