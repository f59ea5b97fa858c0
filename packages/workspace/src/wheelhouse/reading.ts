import {OccoError} from '@occo/model';

/** Reads fields of a JSON object of unknown origin; each refusal names the entry, as `artifacts[3].size`. */
export class Reading {
	readonly #fields: Readonly<Record<string, unknown>>;
	readonly #entry: string;

	constructor(value: unknown, entry: string) {
		this.#entry = entry;
		if (typeof value !== 'object' || value === null || Array.isArray(value)) {
			throw refusal(entry, 'an object');
		}
		this.#fields = value as Record<string, unknown>;
	}

	has(key: string): boolean {
		return Object.hasOwn(this.#fields, key) && this.#fields[key] !== undefined;
	}

	optional<T>(key: string, read: () => T): T | undefined {
		return this.has(key) ? read() : undefined;
	}

	text(key: string, pattern?: RegExp): string {
		const value = this.#get(key);
		if (typeof value !== 'string') throw refusal(this.#at(key), 'a text');
		if (pattern && !pattern.test(value)) throw refusal(this.#at(key), 'well-formed');
		return value;
	}

	oneOf<T extends string>(key: string, allowed: readonly T[]): T {
		const value = this.#get(key);
		const found = allowed.find(candidate => candidate === value);
		if (found === undefined) throw refusal(this.#at(key), `one of ${allowed.join(', ')}`);
		return found;
	}

	/** A whole number from 0. */
	count(key: string): number {
		const value = this.#get(key);
		if (!Number.isSafeInteger(value) || (value as number) < 0) throw refusal(this.#at(key), 'a count');
		return value as number;
	}

	flag(key: string): boolean {
		const value = this.#get(key);
		if (typeof value !== 'boolean') throw refusal(this.#at(key), 'true or false');
		return value;
	}

	strings(key: string): readonly string[] {
		const value = this.#get(key);
		if (!Array.isArray(value) || value.some(entry => typeof entry !== 'string')) {
			throw refusal(this.#at(key), 'a list of texts');
		}
		return value as string[];
	}

	/** An object whose values are texts. */
	texts(key: string): Readonly<Record<string, string>> {
		const section = this.section(key);
		return Object.fromEntries(Object.keys(section.#fields).map(name => [name, section.text(name)]));
	}

	section(key: string): Reading {
		return new Reading(this.#get(key), this.#at(key));
	}

	list(key: string): readonly Reading[] {
		const value = this.#get(key);
		if (!Array.isArray(value)) throw refusal(this.#at(key), 'a list');
		return value.map((entry, position) => new Reading(entry, `${this.#at(key)}[${position}]`));
	}

	#get(key: string): unknown {
		return Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined;
	}

	#at(key: string): string {
		return this.#entry.endsWith('.json') ? key : `${this.#entry}.${key}`;
	}
}

function refusal(entry: string, wanted: string): OccoError {
	return new OccoError('OCCO_WHEELHOUSE_INDEX', `\`wheelhouse.json\`: \`${entry}\` is not ${wanted}`, {
		kind: 'no',
	});
}

/** Whether a path from an index or an archive names a file below its folder, in one spelling only, on any system. */
export function isSafeFile(file: string): boolean {
	if (file.length === 0 || file.length > 1024 || /[\p{Cc}\\:]/u.test(file)) return false;
	return file.split('/').every(part => part !== '' && part !== '.' && part !== '..' && part.length <= 255);
}
