import assert from 'node:assert/strict';
import test from 'node:test';
import {InfoBroker} from 'orchard-info-broker';
import {process} from 'orchard-infrastructure-processor';

test('an infrastructure becomes what its description says, and then nothing is left to do', () => {
	const broker = new InfoBroker();
	const description = 'node db runs postgres@16\nnode web runs nginx@^1.20.0 after db';
	assert.equal(process(description, broker).done.length, 2);
	assert.deepEqual(broker.running, ['db', 'web']);
	assert.deepEqual(process(description, broker).done, []);
});
