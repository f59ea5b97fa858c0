#!/usr/bin/env node
import {compose, enact} from './index.js';

const plan = 'apple@1.0.0 90s\npear@2.0.0 1m';
for (const line of enact(plan)) console.log(line);
console.log(await compose('const   ripe   =   true; export {ripe}'));
