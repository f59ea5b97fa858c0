import assert from 'node:assert/strict';
import test from 'node:test';
import {duration} from '../index.js';

test('reads durations', () => {
	assert.equal(duration('1.5h'), 5_400_000);
	assert.throws(() => duration('soon'), /not a duration/);
});
