import type {IncomingMessage, ServerResponse} from 'node:http';
import {enforceGeneratedTokenMetadata} from '@verdaccio/middleware';
import {Refusal} from './store/durable.ts';

/** A user as Verdaccio knows one; without a name: nobody in particular. */
export interface User {
	readonly name?: string | undefined;
	readonly groups: readonly string[];
	/** Why the credentials of the request were not accepted. */
	readonly error?: string;
	/** Seconds since the epoch. */
	readonly exp?: number;
}

type Next = (error?: unknown) => void;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;
type Decide = (
	params: {packageName: string},
	user: User | undefined,
	done: (error: (Error & {status?: number; statusCode?: number}) | null, allowed?: boolean) => void,
) => void;

/** What Verdaccio's authentication offers (verdaccio 6, `IBasicAuth`). */
export interface Auth {
	allow_access: Decide;
	allow_publish: Decide;
	apiJWTmiddleware(): Middleware;
	jwtEncrypt(user: object, options: object): Promise<string>;
}

/** Who may do what. */
export interface Access {
	/** The user of a request; throws a {@link Refusal} when its credentials are wrong, revoked or read-only. */
	identify(request: IncomingMessage): Promise<User>;
	/** Throws a {@link Refusal} when the user may not do this with a package. */
	permit(action: 'access' | 'publish', name: string, user: User): Promise<void>;
}

/**
 * What Verdaccio's middleware gets to see of a request: not its stream, which it would let flow while nobody listens.
 */
interface Shown extends Pick<IncomingMessage, 'headers' | 'method' | 'socket'> {
	remote_user?: User;
	pause(): void;
	resume(): void;
}

/** How long a verified token is believed without verifying it again, in ms, and how many are remembered. */
const remembered = {time: 30_000, tokens: 1000};

/** Verdaccio's users, tokens and rules, applied to requests that Verdaccio's own routes do not see. */
export function accessOf(auth: Auth, storage: object, logger: unknown): Access {
	const verify = auth.apiJWTmiddleware();
	const enforce = enforceGeneratedTokenMetadata(storage as never, logger as never) as unknown as Middleware;
	const known = new Map<string, {readonly user: User; readonly until: number}>();

	const through = (middleware: Middleware, request: Shown): Promise<void> =>
		new Promise((resolve, reject) => {
			const response = {locals: {}} as unknown as ServerResponse;
			const asked = request as unknown as IncomingMessage;
			middleware(asked, response, (error?: unknown) => (error ? reject(refusalOf(error, 401)) : resolve()));
		});

	async function userOf(request: Shown): Promise<User> {
		const {authorization} = request.headers;
		const before = authorization === undefined ? undefined : known.get(authorization);
		if (before !== undefined && before.until > Date.now()) {
			request.remote_user = before.user;
			return before.user;
		}
		await through(verify, request);
		const user = request.remote_user ?? {groups: []};
		if (authorization?.startsWith('Bearer ') && user.name !== undefined) {
			if (known.size >= remembered.tokens) known.clear();
			known.set(authorization, {
				user,
				until: Math.min(Date.now() + remembered.time, (user.exp ?? Number.POSITIVE_INFINITY) * 1000),
			});
		}
		return user;
	}

	return {
		async identify({headers, method, socket}) {
			const request: Shown = {headers, method, socket, pause: () => {}, resume: () => {}};
			const user = await userOf(request);
			// whoever sends credentials that are wrong must not silently become nobody
			if (request.headers.authorization !== undefined && user.name === undefined) {
				throw new Refusal(401, user.error ?? 'the token is not valid or has expired');
			}
			await through(enforce, request);
			return user;
		},
		permit: (action, packageName, user) =>
			new Promise((resolve, reject) => {
				auth[`allow_${action}`]({packageName}, user, (error, allowed) => {
					if (!error && allowed) resolve();
					else reject(refusalOf(error ?? new Error(`you may not ${action} ${packageName}`), 403));
				});
			}),
	};
}

function refusalOf(error: unknown, otherwise: number): Refusal {
	const {status, statusCode, message} = error as {status?: number; statusCode?: number; message?: string};
	return new Refusal(status ?? statusCode ?? otherwise, message ?? 'not allowed');
}
