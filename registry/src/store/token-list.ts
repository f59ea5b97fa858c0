import {join} from 'node:path';
import {readJson, replaceFile} from './durable.ts';

/** A token as Verdaccio keeps it: without the token itself. */
export interface StoredToken {
	readonly user: string;
	readonly key: string;
}

/** Generated tokens by user, in one file that is replaced as a whole. */
export class TokenList {
	readonly #folder: string;
	#turn: Promise<unknown> = Promise.resolve();

	constructor(folder: string) {
		this.#folder = folder;
	}

	get #path(): string {
		return join(this.#folder, 'secrets', 'tokens.json');
	}

	async #all(): Promise<StoredToken[]> {
		return (await readJson<StoredToken[]>(this.#path)) ?? [];
	}

	async #change(next: (tokens: StoredToken[]) => StoredToken[]): Promise<void> {
		const work = async (): Promise<void> =>
			replaceFile(this.#path, JSON.stringify(next(await this.#all())), join(this.#folder, 'tmp'));
		const turn = this.#turn.then(work, work);
		this.#turn = turn.catch(() => {});
		await turn;
	}

	/** The tokens of a user. */
	async of(user: string): Promise<StoredToken[]> {
		return (await this.#all()).filter(token => token.user === user);
	}

	/** Keeps a token. */
	save(token: StoredToken): Promise<void> {
		return this.#change(tokens => [...tokens, token]);
	}

	/** Forgets a token. */
	remove(user: string, key: string): Promise<void> {
		return this.#change(tokens => tokens.filter(token => token.user !== user || token.key !== key));
	}
}
