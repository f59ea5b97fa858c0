import assert from 'node:assert/strict';
import test from 'node:test';
import {CloudHandler} from 'orchard-cloud-handler';
import {InfoBroker} from 'orchard-info-broker';

test('a machine that was started runs, until it is stopped', () => {
	const broker = new InfoBroker();
	const cloud = new CloudHandler(broker);
	assert.equal(cloud.start({name: 'db', patience: 60_000}, {service: 'postgres', checksum: '0'}), 'started db with postgres (0), 1m at most');
	assert.equal(broker.stateOf('db'), 'running');
	cloud.stop({name: 'db'});
	assert.equal(broker.stateOf('db'), 'gone');
});

test('a broker of another copy is refused', () => {
	assert.throws(() => new CloudHandler({note() {}}), /another version/);
});
