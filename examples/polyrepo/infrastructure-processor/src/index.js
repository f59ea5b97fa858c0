import {CloudHandler} from 'orchard-cloud-handler';
import {steps} from 'orchard-enactor';
import {InfoBroker} from 'orchard-info-broker';
import {compose} from 'orchard-service-composer';

/** Makes an infrastructure what its description says; answers what was done, one line a step. */
export function process(description, broker = new InfoBroker()) {
	const cloud = new CloudHandler(broker);
	const done = steps(description, broker).map(({do: action, node}) =>
		action === 'start' ? cloud.start(node, compose(node)) : cloud.stop(node),
	);
	return {done, report: broker.report()};
}
