import assert from 'node:assert/strict';
import test from 'node:test';
import {steps} from 'orchard-enactor';
import {InfoBroker} from 'orchard-info-broker';

test('only the difference is done', () => {
	const broker = new InfoBroker();
	broker.note('db', 'running');
	broker.note('old', 'running');
	const found = steps('node web runs nginx@1 after db\nnode db runs postgres@16', broker);
	assert.deepEqual(found.map(step => `${step.do} ${step.node.name}`), ['start web', 'stop old']);
});
