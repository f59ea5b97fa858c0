import {createHash} from 'node:crypto';
import type {Objects} from './objects.ts';
import {queues} from './queues.ts';
import type {ArtifactRecord, PackageState, StateDocument, StoredPackage, Tagging} from './record.ts';

/** How many packages are kept in memory; the least recently used go first. */
const keptPackages = 5000;

const untouched: StateDocument = {
	schema: 'occo/package-state@1',
	revision: 0,
	asOf: '',
	tags: {},
	deprecated: {},
	deleted: {},
};

/** What is known of a package: the stored documents, and what follows from them. */
interface Known<Manifest> {
	readonly all: readonly ArtifactRecord<Manifest>[];
	readonly document: StateDocument;
	/** Of the state document as it was read; `undefined` while there is none. */
	readonly tag: string | undefined;
	readonly stored: StoredPackage<Manifest>;
}

/** The packages of one world, read once and then kept up with every write. */
export interface Packages<Manifest> {
	names(): Promise<readonly string[]>;
	get(name: string): Promise<StoredPackage<Manifest> | undefined>;
	/** Reads it again. */
	reload(name: string): Promise<StoredPackage<Manifest> | undefined>;
	/** Commits a record, at a time later than that of every other; `undefined` when its version is taken. */
	add(record: Omit<ArtifactRecord<Manifest>, 'published'>): Promise<ArtifactRecord<Manifest> | undefined>;
	/** Commits a state that was made from `stored`; answers whether that was still the newest. */
	setState(stored: StoredPackage<Manifest>, state: PackageState): Promise<boolean>;
}

/** A name or version as one part of an object key: lower-case letters stay apart from upper-case ones. */
export function keyPart(text: string): string {
	return text.replace(/[^a-zA-Z0-9._+~@-]/g, character => encodeURIComponent(character));
}

/** The packages of one world on some objects. */
export function packagesOf<Manifest>(objects: Objects, world: string, tagging: Tagging): Packages<Manifest> {
	const kept = new Map<string, Known<Manifest>>();
	const inTurn = queues();
	const folder = (name: string): string => `packages/${world}/${keyPart(name)}`;

	async function load(name: string): Promise<Known<Manifest> | undefined> {
		const keys = await objects.list(`${folder(name)}/records`);
		if (keys.length === 0) return undefined;
		const all: ArtifactRecord<Manifest>[] = [];
		for (let start = 0; start < keys.length; start += 32) {
			const batch = keys.slice(start, start + 32).map(key => objects.read(`${folder(name)}/records/${key}`));
			for (const object of await Promise.all(batch)) {
				if (object) all.push(JSON.parse(object.content.toString()) as ArtifactRecord<Manifest>);
			}
		}
		all.sort((a, b) => (a.published < b.published ? -1 : 1));
		const object = await objects.read(`${folder(name)}/state.json`);
		const document = object ? (JSON.parse(object.content.toString()) as StateDocument) : untouched;
		return known(name, all, document, object?.tag);
	}

	function known(
		name: string,
		all: readonly ArtifactRecord<Manifest>[],
		document: StateDocument,
		tag: string | undefined,
	): Known<Manifest> {
		return {all, document, tag, stored: derive(name, all, document, tagging)};
	}

	function keep(name: string, entry: Known<Manifest> | undefined): Known<Manifest> | undefined {
		kept.delete(name);
		if (entry === undefined) return undefined;
		kept.set(name, entry);
		const [oldest] = kept.keys();
		if (kept.size > keptPackages && oldest !== undefined) kept.delete(oldest);
		return entry;
	}

	return {
		names: async () => (await objects.list(`packages/${world}`)).map(part => decodeURIComponent(part)),
		get(name) {
			const entry = kept.get(name);
			if (entry !== undefined) return Promise.resolve(keep(name, entry)?.stored);
			return inTurn(name, async () => (kept.get(name) ?? keep(name, await load(name)))?.stored);
		},
		reload: name => inTurn(name, async () => keep(name, await load(name))?.stored),
		add: record =>
			inTurn(record.name, async () => {
				const before = kept.get(record.name) ?? (await load(record.name));
				const last = before?.all.at(-1)?.published;
				const time = Math.max(Date.now(), last === undefined ? 0 : Date.parse(last) + 1);
				const whole = {...record, published: new Date(time).toISOString()} as ArtifactRecord<Manifest>;
				const key = `${folder(record.name)}/records/${keyPart(record.version)}.json`;
				if (!(await objects.create(key, Buffer.from(JSON.stringify(whole))))) return undefined;
				const all = [...(before?.all ?? []), whole];
				keep(record.name, known(record.name, all, before?.document ?? untouched, before?.tag));
				return whole;
			}),
		setState: (stored, state) =>
			inTurn(stored.name, async () => {
				const {name} = stored;
				const entry = kept.get(name) ?? keep(name, await load(name));
				if (entry === undefined || entry.stored.etag !== stored.etag) return false;
				const document: StateDocument = {
					...state,
					schema: 'occo/package-state@1',
					revision: entry.document.revision + 1,
					asOf: entry.all.at(-1)?.published ?? '',
				};
				const key = `${folder(name)}/state.json`;
				if (!(await objects.swap(key, entry.tag, Buffer.from(JSON.stringify(document))))) return false;
				keep(name, known(name, entry.all, document, (await objects.read(key))?.tag));
				return true;
			}),
	};
}

/** The package that follows from its records and its state document. */
function derive<Manifest>(
	name: string,
	all: readonly ArtifactRecord<Manifest>[],
	document: StateDocument,
	tagging: Tagging,
): StoredPackage<Manifest> {
	const {deleted, deprecated, asOf, revision} = document;
	let {tags} = document;
	for (const {version, tag, published} of all) {
		if (published > asOf && !Object.hasOwn(deleted, version)) tags = tagging(tags, version, tag);
	}
	const isDeleted = ({version}: ArtifactRecord<Manifest>): boolean => Object.hasOwn(deleted, version);
	const byVersion = (
		records: readonly ArtifactRecord<Manifest>[],
	): ReadonlyMap<string, ArtifactRecord<Manifest>> =>
		new Map(records.map(record => [record.version, record]));
	const digest = createHash('sha256')
		.update(`${revision} ${all.length} ${all.at(-1)?.published}`)
		.digest('hex');
	return {
		name,
		records: byVersion(all.filter(record => !isDeleted(record))),
		tombstones: byVersion(all.filter(isDeleted)),
		state: {tags, deprecated, deleted},
		etag: `${all.length + revision}-${digest.slice(0, 16)}`,
	};
}
