import {deploy} from 'orchard-api';

/** A shop: a database, two application servers, a web server in front. */
export const shop = [
	'node db runs postgres@16',
	'node app-1 runs shop@~2.4.0 after db',
	'node app-2 runs shop@~2.4.0 after db',
	'node web runs nginx@^1.20.0 after app-1, app-2 within 2m',
].join('\n');

/** Starts the shop. */
export const start = () => deploy(shop);
