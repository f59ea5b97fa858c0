import assert from 'node:assert/strict';
import test from 'node:test';
import {start} from 'orchard-demo';

test('the shop starts', () => {
	assert.equal(start().done.length, 4);
});
