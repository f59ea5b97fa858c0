import assert from 'node:assert/strict';
import test from 'node:test';
import {InfoBroker} from 'orchard-info-broker';

test('a machine is gone until somebody says otherwise', () => {
	const broker = new InfoBroker();
	assert.equal(broker.stateOf('db'), 'gone');
	broker.note('db', 'running');
	assert.deepEqual(broker.running, ['db']);
	assert.match(broker.report(), /^db +.*running/);
});
