import assert from 'node:assert/strict';
import test from 'node:test';
import {compose} from 'orchard-service-composer';

test('a service is installed before it is started', () => {
	const {script, checksum} = compose({service: 'postgres', versions: '16'});
	assert.equal(script, "#!/bin/sh\ninstall postgres '16'\nsystemctl start postgres\n");
	assert.match(checksum, /^[0-9a-f]{8}$/);
});
