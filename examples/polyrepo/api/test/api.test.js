import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import test from 'node:test';
import {plan} from 'orchard-api';

test('the plan is in order and says how long it may take', () => {
	const {nodes, patience} = plan('node web runs nginx@1 after db\nnode db runs postgres@16 within 3m');
	assert.deepEqual(nodes.map(node => node.name), ['db', 'web']);
	assert.equal(patience, 240_000);
});

test('the command deploys an infrastructure', () => {
	const command = new URL('../bin/orchard.js', import.meta.url).pathname;
	assert.match(execFileSync(process.execPath, [command], {encoding: 'utf8'}), /started web with nginx/);
});
