import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {ServerResponse} from 'node:http';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {enforceGeneratedTokenMetadata} from '@verdaccio/middleware';
import type {NpmManifest} from './npm/document.ts';
import {packument, tagged} from './npm/packument.ts';
import {npmRoutes, type Permit, type Request} from './npm/routes.ts';
import {secretsFolder, tokenFile} from './state.ts';
import {type ArtifactStore, artifactStore} from './store/artifact-store.ts';
import {createFile, Refusal, replaceFile} from './store/durable.ts';
import {folderObjects} from './store/folder-objects.ts';
import {TokenList} from './store/token-list.ts';

/** What Verdaccio's authentication offers a middleware plugin (verdaccio 6, `IBasicAuth`). */
interface Auth {
	allow_access(
		params: {packageName: string},
		user: unknown,
		done: (error: HttpError | null, allowed?: boolean) => void,
	): void;
	allow_publish(
		params: {packageName: string},
		user: unknown,
		done: (error: HttpError | null, allowed?: boolean) => void,
	): void;
	jwtEncrypt(user: object, options: object): Promise<string>;
}

type HttpError = Error & {status?: number; statusCode?: number};
type Handler = (request: Request, response: ServerResponse, next: (error?: unknown) => void) => void;

interface Application {
	use(handler: Handler): void;
}

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
 * Verdaccio's storage and middleware plugin in one: the storage answers what Verdaccio's own routes and its web pages
 * read, the middleware answers npm's package routes straight from the store, because the storage seam hands over tarball
 * and version in steps between which another client can come.
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

	register_middlewares(app: Application, auth: Auth, storage: object): void {
		const permit: Permit = (action, packageName, request) =>
			new Promise((resolve, reject) => {
				const {remote_user: user} = request;
				// whoever sends credentials that are wrong must not silently become nobody
				if (request.headers.authorization !== undefined && user?.name === undefined) {
					return reject(new Refusal(401, user?.error ?? 'the token is not valid or has expired'));
				}
				auth[`allow_${action}`]({packageName}, user, (error, allowed) => {
					if (error || !allowed)
						reject(
							new Refusal(
								error?.status ?? error?.statusCode ?? 403,
								error?.message ?? `you may not ${action} ${packageName}`,
							),
						);
					else resolve();
				});
			});
		// Revoked and read-only tokens are refused here as on Verdaccio's own routes.
		app.use(enforceGeneratedTokenMetadata(storage as never, this.#logger as never) as unknown as Handler);
		app.use((request, response, next) => {
			this.#store
				.then(store => npmRoutes(store, permit)(request, response))
				.then(answered => (answered ? undefined : next()))
				.catch((error: unknown) => refuseWith(response, error));
		});
		makeToken = async () => {
			const groups = ['$all', '$authenticated', '@all', '@authenticated', publisher];
			const user = {name: publisher, groups, real_groups: [publisher]};
			const token = await auth.jwtEncrypt(user, {expiresIn: '3650d', jwtid: randomBytes(8).toString('hex')});
			await createFile(tokenFile(this.#folder), token, join(this.#folder, 'tmp'));
		};
	}
}

let makeToken: () => Promise<void> = async () => {};

/** Creates the publisher's token unless there is one; after Verdaccio has started. */
export const createPublisherToken = (): Promise<void> => makeToken();

function refuseWith(response: ServerResponse, error: unknown): void {
	const status = error instanceof Refusal ? error.status : 500;
	const message = error instanceof Refusal ? error.message : 'internal error';
	if (!(error instanceof Refusal))
		process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	if (response.headersSent) {
		response.destroy();
		return;
	}
	response.writeHead(status, {'content-type': 'application/json; charset=utf-8'});
	response.end(JSON.stringify({error: message, success: false}));
}
