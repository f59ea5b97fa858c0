import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {type Access, type Auth, accessOf} from './access.ts';
import type {NpmManifest} from './npm/document.ts';
import {packument, tagged} from './npm/packument.ts';
import {secretsFolder, tokenFile} from './state.ts';
import {type ArtifactStore, artifactStore} from './store/artifact-store.ts';
import {createFile, Refusal, replaceFile} from './store/durable.ts';
import {folderObjects} from './store/folder-objects.ts';
import {TokenList} from './store/token-list.ts';

/** One store for both plugins of a process: Verdaccio makes the storage and the routes separately. */
const stores = new Map<string, Promise<ArtifactStore<NpmManifest>>>();

/** The store of a storage folder; the first call sweeps it, so the folder must be owned. */
export function storeOf(folder: string): Promise<ArtifactStore<NpmManifest>> {
	const store =
		stores.get(folder) ??
		folderObjects(folder).then(objects => artifactStore<NpmManifest>(objects, 'npm', tagged));
	stores.set(folder, store);
	return store;
}

/** The name of the user that the first start creates. */
export const publisher = 'occo';

/**
 * Verdaccio's storage and middleware plugin in one: what its search and web pages read comes from the store. Verdaccio
 * publishes in steps between which another client can come, so npm's package routes never reach it; see `openFrontDoor`.
 */
export class OccoPlugin {
	readonly #folder: string;
	readonly #store: Promise<ArtifactStore<NpmManifest>>;
	readonly #tokens: TokenList;
	readonly #logger: unknown;

	constructor(config: {storageFolder: string}, options: {logger: unknown}) {
		this.#folder = config.storageFolder;
		this.#store = storeOf(this.#folder);
		this.#tokens = new TokenList(this.#folder);
		this.#logger = options.logger;
	}

	async getSecret(): Promise<string> {
		return (await readFile(join(secretsFolder(this.#folder), 'signing'), 'utf8').catch(() => '')).trim();
	}

	async setSecret(secret: string): Promise<void> {
		if ((await this.getSecret()) !== secret)
			await replaceFile(join(secretsFolder(this.#folder), 'signing'), secret, join(this.#folder, 'tmp'));
	}

	get(done: (error: Error | null, names: string[]) => void): void {
		this.#store
			.then(store => store.names())
			.then(
				names => done(null, [...names]),
				(error: Error) => done(error, []),
			);
	}

	add(_: string, done: (error: Error | null) => void): void {
		done(null);
	}

	remove(_: string, done: (error: Error | null) => void): void {
		done(new Refusal(403, 'versions are for ever'));
	}

	search(
		onPackage: (item: object, next: (error?: Error) => void) => void,
		onEnd: (error?: Error | null) => void,
	): void {
		this.#store
			.then(async store => {
				for (const name of await store.names()) {
					await new Promise<void>((resolve, reject) => {
						onPackage({name, path: name, time: Date.now()}, error => (error ? reject(error) : resolve()));
					});
				}
			})
			.then(
				() => onEnd(null),
				(error: Error) => onEnd(error),
			);
	}

	saveToken(token: {user: string; key: string}): Promise<void> {
		return this.#tokens.save(token);
	}

	deleteToken(user: string, key: string): Promise<void> {
		return this.#tokens.remove(user, key);
	}

	readTokens({user}: {user: string}): Promise<object[]> {
		return this.#tokens.of(user);
	}

	/** What Verdaccio's own routes may do with a package: read it. Every write goes through the middleware. */
	getPackageStorage(name: string): object {
		const refuse = (...args: unknown[]): void =>
			(args.at(-1) as (error: Error) => void)(new Refusal(403, 'not writable this way'));
		const missing = (): Error =>
			Object.assign(new Error('no such package available'), {code: 'ENOENT', status: 404});
		return {
			readPackage: (_: string, done: (error: Error | null, data?: object) => void) => {
				this.#store
					.then(store => store.read(name))
					.then(stored => {
						if (stored === undefined) return done(missing());
						const data = packument(stored, 'http://localhost/', false);
						done(null, {...data, _attachments: {}, _distfiles: {}, _uplinks: {}});
					})
					.catch(done);
			},
			readTarball: () => {
				const stream = new PassThrough();
				process.nextTick(() => stream.emit('error', missing()));
				return Object.assign(stream, {abort: () => {}});
			},
			createPackage: refuse,
			savePackage: refuse,
			updatePackage: refuse,
			deletePackage: refuse,
			removePackage: refuse,
			writeTarball: () => {
				const stream = new PassThrough();
				process.nextTick(() => stream.emit('error', new Refusal(403, 'not writable this way')));
				return Object.assign(stream, {abort: () => {}, done: () => {}});
			},
		};
	}

	/** Adds no route; Verdaccio hands its authentication over here. */
	register_middlewares(_: unknown, auth: Auth, storage: object): void {
		given.set(this.#folder, {auth, access: accessOf(auth, storage, this.#logger)});
	}
}

const given = new Map<string, {readonly auth: Auth; readonly access: Access}>();

/** Who may do what on a storage folder; once Verdaccio has started on it. */
export function accessTo(folder: string): Access {
	return handedOver(folder).access;
}

/** Creates the publisher's token unless there is one; once Verdaccio has started. */
export async function createPublisherToken(folder: string): Promise<void> {
	// what Verdaccio gives a user who has logged in
	const groups = ['$all', '$authenticated', '@all', '@authenticated', 'all'];
	const user = {name: publisher, groups, real_groups: [publisher]};
	const jwtid = randomBytes(8).toString('hex');
	const token = await handedOver(folder).auth.jwtEncrypt(user, {expiresIn: '3650d', jwtid});
	await createFile(tokenFile(folder), token, join(folder, 'tmp'));
}

function handedOver(folder: string): {readonly auth: Auth; readonly access: Access} {
	const both = given.get(folder);
	if (both === undefined) throw new Error('Verdaccio did not load the plugin');
	return both;
}
