import assert from 'node:assert/strict';
import test from 'node:test';
import {compile} from 'orchard-compiler';

test('machines come in the order in which they can be started', () => {
	const nodes = compile('node web runs nginx@^1.20.0 after db within 2m\n\nnode db runs postgres@16 # first');
	assert.deepEqual(nodes.map(node => node.name), ['db', 'web']);
	assert.equal(nodes[1].patience, 120_000);
});

test('what cannot be read is named with its line', () => {
	assert.throws(() => compile('\nnode web'), /line 2: expected/);
	assert.throws(() => compile('node web runs nginx@new'), /line 1: `new` is no range/);
});
