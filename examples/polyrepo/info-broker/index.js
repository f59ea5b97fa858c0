import colours from 'picocolors';
import {logger} from '@orchard/util';

const log = logger('info-broker');

/** One line about a node. */
export function describe(node) {
	log('describe %s', node);
	return `${colours.bold(node)} is ready`;
}
