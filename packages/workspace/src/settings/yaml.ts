import {createHash} from 'node:crypto';
import {join} from 'node:path';
import type {Host} from '@occo/host';
import {OccoError, type Scalar, type Section, type Setting} from '@occo/model';
import type {Document, LineCounter, Node, Pair} from 'yaml';

/** Larger files are no workspace files. */
const largest = 4 * 1024 * 1024;
const deepest = 64;

/**
 * Reads a YAML 1.2 file as settings: every scalar a string, keys once, no aliases beyond what is small. `undefined`
 * when there is no file. What was read is kept in the cache by the hash of its bytes, so that an unchanged file needs
 * no YAML parser.
 */
export async function readSettings(
	host: Host,
	path: string,
	shown: string,
	layer: string,
): Promise<Section | undefined> {
	const bytes = await host.files.readBytes(path);
	if (bytes === undefined) return undefined;
	if (bytes.length > largest) {
		throw new OccoError('OCCO_CONFIG', `\`${shown}\` is larger than 4 MB`, {place: {file: shown}});
	}
	const digest = createHash('sha256').update('settings@1\0').update(bytes).digest('hex');
	const cached = join(host.folders.cache, 'settings', `${digest}.json`);
	const known = await host.files.readText(cached);
	const raw = (known === undefined ? undefined : fromCache(known)) ?? (await parse(bytes.toString(), shown));
	if (known === undefined) {
		// A cache that cannot be written only costs time.
		await host.files.write(cached, JSON.stringify(raw)).catch(() => {});
	}
	return placed(raw, shown, layer) as Section;
}

/** A setting without its file: `[line, column, value]`; sections as lists of pairs. */
type Raw = readonly [line: number, column: number, value: string | null | {l: Raw[]} | {s: [string, Raw][]}];

function fromCache(text: string): Raw | undefined {
	try {
		return JSON.parse(text) as Raw;
	} catch {
		return undefined;
	}
}

function placed([line, column, value]: Raw, file: string, layer: string): Setting {
	const origin = {layer, place: {file, line, column}};
	if (value === null || typeof value === 'string') return {type: 'scalar', value, origin} satisfies Scalar;
	if ('l' in value) return {type: 'list', items: value.l.map(item => placed(item, file, layer)), origin};
	return {
		type: 'section',
		entries: new Map(value.s.map(([key, one]) => [key, placed(one, file, layer)])),
		origin,
	};
}

async function parse(text: string, file: string): Promise<Raw> {
	checkDepth(text, file);
	const yaml = await import('yaml');
	const lines = new yaml.LineCounter();
	const document = yaml.parseDocument(text, {
		lineCounter: lines,
		schema: 'failsafe',
		version: '1.2',
		uniqueKeys: true,
		prettyErrors: false,
		maxAliasCount: 50,
	} as never);
	const problem = document.errors[0];
	if (problem !== undefined) throw brokenYaml(problem.message, lines, problem.pos[0], file);
	return new Reader(yaml, lines, file, document).read(document.contents as Node | null);
}

/** Nesting is bounded before the parser sees it: it recurses. */
function checkDepth(text: string, file: string): void {
	for (const [index, line] of text.split('\n').entries()) {
		const opened = line.match(/[[{]/g)?.length ?? 0;
		const indentation = /^[\s-]*/.exec(line)?.[0].length ?? 0;
		if (opened > deepest || indentation > 4 * deepest) {
			throw new OccoError('OCCO_CONFIG', 'nested too deep', {place: {file, line: index + 1}});
		}
	}
	if ((text.match(/^\s*[[{]\s*$/gm)?.length ?? 0) > deepest) {
		throw new OccoError('OCCO_CONFIG', 'nested too deep', {place: {file}});
	}
}

function brokenYaml(message: string, lines: LineCounter, offset: number, file: string): OccoError {
	const {line, col} = lines.linePos(offset);
	return new OccoError('OCCO_CONFIG', `not valid YAML: ${message.split('\n')[0]}`, {
		place: {file, line, column: col},
	});
}

class Reader {
	readonly #yaml: typeof import('yaml');
	readonly #lines: LineCounter;
	readonly #file: string;
	readonly #document: Document;
	#nodes = 0;

	constructor(yaml: typeof import('yaml'), lines: LineCounter, file: string, document: unknown) {
		this.#yaml = yaml;
		this.#lines = lines;
		this.#file = file;
		this.#document = document as Document;
	}

	read(node: Node | null, at = 0, depth = 0): Raw {
		const offset = node?.range?.[0] ?? at;
		const {line, col} = this.#lines.linePos(offset);
		// Aliases repeat what they name: bounds on size stop a bomb.
		if (++this.#nodes > 200_000 || depth > deepest) throw this.#error('too large or nested too deep', offset);
		if (node === null) return [line, col, {s: []}];
		if (this.#yaml.isAlias(node)) return this.read(node.resolve(this.#document) as Node, offset, depth + 1);
		if (this.#yaml.isScalar(node)) return [line, col, this.#scalar(node.value, node.type)];
		if (this.#yaml.isSeq(node))
			return [line, col, {l: node.items.map(item => this.read(item as Node, offset, depth + 1))}];
		if (this.#yaml.isMap(node))
			return [line, col, {s: node.items.map(pair => this.#pair(pair as Pair<Node, Node>, depth))}];
		throw this.#error('not a text, list or map', offset);
	}

	#scalar(value: unknown, type: string | undefined): string | null {
		return value === null || (type === 'PLAIN' && (value === '' || value === '~' || value === 'null'))
			? null
			: String(value);
	}

	#pair({key, value}: Pair<Node, Node>, depth: number): [string, Raw] {
		if (!this.#yaml.isScalar(key)) throw this.#error('a key must be a text', key?.range?.[0] ?? 0);
		// What is said of a setting points at its key: that is where people look.
		const keyOffset = key.range?.[0] ?? 0;
		const {line, col} = this.#lines.linePos(keyOffset);
		const [, , read] = value === null ? [0, 0, null] : this.read(value, keyOffset, depth + 1);
		return [String(key.value), [line, col, read]];
	}

	#error(message: string, offset: number): OccoError {
		return brokenYaml(message, this.#lines, offset, this.#file);
	}
}
