import {inOrder} from '@orchard/util';
import {compile} from 'orchard-compiler';
import {InfoBroker} from 'orchard-info-broker';

/** The steps from what runs to what a description asks for: new machines in order, then those that are too many. */
export function steps(description, broker) {
	if (!(broker instanceof InfoBroker)) throw new TypeError('an info broker of another version');
	const wanted = compile(description);
	const names = new Set(wanted.map(node => node.name));
	const start = inOrder(wanted, node => node.after).filter(node => broker.stateOf(node.name) !== 'running');
	const stop = broker.running.filter(name => !names.has(name));
	return [...start.map(node => ({do: 'start', node})), ...stop.map(name => ({do: 'stop', node: {name}}))];
}
