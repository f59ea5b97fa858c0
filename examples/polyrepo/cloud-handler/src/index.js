import {shownDuration} from '@orchard/util';
import {InfoBroker} from 'orchard-info-broker';

/** Starts and stops machines in a cloud that exists on paper only. The info broker is the one of whoever uses it. */
export class CloudHandler {
	#broker;

	constructor(broker) {
		if (!(broker instanceof InfoBroker)) throw new TypeError('an info broker of another version');
		this.#broker = broker;
	}

	/** Starts a machine with what it runs at its first boot. */
	start(node, boot) {
		this.#broker.note(node.name, 'starting');
		this.#broker.note(node.name, 'running');
		return `started ${node.name} with ${boot.service} (${boot.checksum}), ${shownDuration(node.patience)} at most`;
	}

	/** Stops a machine. */
	stop(node) {
		this.#broker.note(node.name, 'gone');
		return `stopped ${node.name}`;
	}
}
