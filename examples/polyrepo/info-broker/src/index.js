import {shownState} from '@orchard/util';
import debug from 'debug';

const log = debug('orchard:info-broker');

/** Knows which machine is in which state. */
export class InfoBroker {
	#states = new Map();

	/** Notes the state of a machine. */
	note(name, state) {
		log('%s is %s', name, state);
		this.#states.set(name, state);
	}

	/** The state of a machine; `gone` when nobody ever noted one. */
	stateOf(name) {
		return this.#states.get(name) ?? 'gone';
	}

	/** Names of the machines that run. */
	get running() {
		return [...this.#states].filter(([, state]) => state === 'running').map(([name]) => name);
	}

	/** One line a machine. */
	report() {
		return [...this.#states].map(([name, state]) => `${name.padEnd(8)} ${shownState(state)}`).join('\n');
	}
}
