#!/usr/bin/env node
import {readFileSync} from 'node:fs';
import {deploy, plan} from '../src/index.js';

const [command = 'deploy', file] = process.argv.slice(2);
const description = file
	? readFileSync(file, 'utf8')
	: 'node db runs postgres@16\nnode queue runs rabbitmq@^3.12.0\nnode web runs nginx@^1.20.0 after db, queue within 2m\n';

if (command === 'plan') {
	for (const node of plan(description).nodes) console.log(node.name);
} else if (command === 'deploy') {
	const {done, report} = deploy(description);
	console.log(`${done.join('\n')}\n\n${report}`);
} else {
	console.error('usage: orchard [plan|deploy] [FILE]');
	process.exitCode = 2;
}
