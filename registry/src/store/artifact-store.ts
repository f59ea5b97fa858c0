import {createHash} from 'node:crypto';
import type {Readable} from 'node:stream';
import {Refusal} from './durable.ts';
import type {Objects} from './objects.ts';
import {packagesOf} from './packages.ts';
import type {ArtifactRecord, PackageState, StoredPackage, Tagging} from './record.ts';

/** What a publisher hands in; names and versions must have been checked by the world's own rules. */
export interface Submission<Manifest> {
	readonly name: string;
	readonly version: string;
	readonly manifest: Manifest;
	readonly content: Uint8Array;
	readonly tag: string;
	readonly by: string;
}

/** How a publish ended: stored now, there already with these bytes, or there (or deleted) with others. */
export interface Published<Manifest> {
	readonly outcome: 'created' | 'present' | 'conflict' | 'deleted';
	/** What is stored. */
	readonly record: ArtifactRecord<Manifest>;
}

/**
 * Keeps the artifacts of one packaging world. Publishing is one commit, the creation of the record: before it nothing
 * of the version can be seen, after it everything. Of any number of clients that publish one version at once exactly
 * one wins, and what is served is what the winner sent.
 */
export interface ArtifactStore<Manifest> {
	/** Names of all packages, sorted. */
	names(): Promise<readonly string[]>;
	/** The package, `undefined` when nothing was ever published under the name. */
	read(name: string): Promise<StoredPackage<Manifest> | undefined>;
	publish(submission: Submission<Manifest>): Promise<Published<Manifest>>;
	/**
	 * Changes what may change. With `etag` only if the package is still as it was then, otherwise a {@link Refusal} 409;
	 * without it `change` is called again with the newest state when somebody else was faster.
	 */
	change(
		name: string,
		etag: string | undefined,
		change: (stored: StoredPackage<Manifest>) => PackageState,
	): Promise<void>;
	/** The bytes of a record, or a range of them; `end` is inclusive. */
	content(record: ArtifactRecord<Manifest>, range?: {readonly start: number; readonly end: number}): Readable;
	/** Throws a {@link Refusal} 507 when so many bytes, thrice over, do not fit any more. */
	reserve(bytes: number): Promise<void>;
}

/** The store of one world on some objects. */
export function artifactStore<Manifest>(
	objects: Objects,
	world: 'npm' | 'pypi',
	tagging: Tagging,
): ArtifactStore<Manifest> {
	const packages = packagesOf<Manifest>(objects, world, tagging);
	const blob = (sha512: string): string => `blobs/${sha512.slice(0, 2)}/${sha512}`;

	async function keep(sha512: string, content: Uint8Array): Promise<void> {
		if (await objects.create(blob(sha512), content)) return;
		if ((await objects.size(blob(sha512))) === content.length) return;
		// damaged from outside: the bytes at hand are the right ones
		await objects.remove(blob(sha512));
		await objects.create(blob(sha512), content);
	}

	async function compare(
		record: ArtifactRecord<Manifest>,
		sha512: string,
		{name, version, content}: Submission<Manifest>,
	): Promise<Published<Manifest>> {
		const isDeleted = (await packages.get(name))?.tombstones.has(version) === true;
		if (record.sha512 !== sha512) return {outcome: isDeleted ? 'deleted' : 'conflict', record};
		await keep(sha512, content);
		if (isDeleted) {
			await store.change(name, undefined, ({state}) => {
				const {[version]: _, ...deleted} = state.deleted;
				return {...state, deleted};
			});
		}
		return {outcome: isDeleted ? 'created' : 'present', record};
	}

	const store: ArtifactStore<Manifest> = {
		names: () => packages.names(),
		read: name => packages.get(name),
		content: ({sha512}, range) => objects.stream(blob(sha512), range),
		async publish(submission) {
			const {name, version, content, manifest, tag, by} = submission;
			const sha512 = createHash('sha512').update(content).digest('hex');
			const before = await packages.get(name);
			const there = before?.records.get(version) ?? before?.tombstones.get(version);
			if (there !== undefined) return compare(there, sha512, submission);
			await keep(sha512, content);
			const size = content.length;
			const record = await packages.add({
				schema: 'occo/record@1',
				name,
				version,
				sha512,
				size,
				tag,
				by,
				manifest,
			});
			if (record !== undefined) return {outcome: 'created', record};
			const after = (await packages.get(name))?.records.has(version)
				? await packages.get(name)
				: await packages.reload(name);
			const winner = after?.records.get(version) ?? after?.tombstones.get(version);
			if (winner === undefined) throw new Error(`the record of ${name}@${version} cannot be read`);
			return compare(winner, sha512, submission);
		},
		async change(name, etag, change) {
			for (;;) {
				const stored = await packages.get(name);
				if (stored === undefined) throw new Refusal(404, `no such package available: ${name}`);
				if (etag !== undefined && etag !== stored.etag) {
					throw new Refusal(
						409,
						`${name} was changed since you read it (${etag}, now ${stored.etag}): read it again`,
					);
				}
				if (await packages.setState(stored, change(stored))) return;
				await packages.reload(name);
			}
		},
		async reserve(bytes) {
			const free = await objects.free();
			if (free < bytes * 3) throw new Refusal(507, `the registry has ${free} bytes left`);
		},
	};
	return store;
}
