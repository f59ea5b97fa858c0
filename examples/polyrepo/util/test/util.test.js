import assert from 'node:assert/strict';
import test from 'node:test';
import {duration, inOrder, shownState} from '@orchard/util';

test('durations are read as people write them', () => {
	assert.equal(duration('90s'), 90_000);
	assert.throws(() => duration('soon'), /not a duration: soon/);
});

test('a state is shown with or without colour', () => {
	assert.match(shownState('running'), /running/);
});

test('everything comes after what it needs', () => {
	const items = [{name: 'a', after: ['b']}, {name: 'b', after: []}];
	assert.deepEqual(inOrder(items, item => item.after).map(item => item.name), ['b', 'a']);
	assert.throws(() => inOrder([{name: 'a', after: ['a']}], item => item.after), /a circle: a -> a/);
});
