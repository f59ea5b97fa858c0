import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Host} from '@occo/host';
import {OccoError} from '@occo/model';
import {defaultStorage} from './control.ts';
import {tokenFile, usersFile} from './state.ts';
import {makeDurableFolder, replaceFile} from './store/durable.ts';

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** The publisher's token of a storage folder. Throws `OCCO_REGISTRY_TOKEN` when no registry was started on it yet. */
export async function publisherToken(host: Host, storage: string = defaultStorage(host)): Promise<string> {
	const token = (await read(tokenFile(storage))).trim();
	if (token !== '') return token;
	throw new OccoError('OCCO_REGISTRY_TOKEN', `no registry was started on \`${storage}\` yet`, {
		kind: 'no',
		hint: '`occo registry start` creates the publisher and its token',
	});
}

/** Adds a user who may publish, or gives one a new password. A running registry knows it at once. */
export async function addUser(
	host: Host,
	user: {readonly name: string; readonly password: string},
	storage: string = defaultStorage(host),
): Promise<'added' | 'changed'> {
	const {name, password} = user;
	if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
		throw new OccoError('OCCO_USAGE', `\`${name}\` is no user name`, {
			hint: 'letters, digits, `.`, `_` and `-`, at most 64',
		});
	}
	// bcrypt looks at no more than 72 bytes
	if (password.length < 8 || Buffer.byteLength(password) > 72) {
		throw new OccoError('OCCO_USAGE', 'a password has 8 to 72 characters');
	}
	const {hash} = await import('bcryptjs');
	const temporaries = join(storage, 'secrets', 'tmp');
	await makeDurableFolder(temporaries);
	const lines = (await read(usersFile(storage))).split('\n').filter(line => line !== '');
	const others = lines.filter(line => !line.startsWith(`${name}:`));
	await replaceFile(
		usersFile(storage),
		`${[...others, `${name}:${await hash(password, 10)}`].join('\n')}\n`,
		temporaries,
	);
	return others.length === lines.length ? 'added' : 'changed';
}
