import {dirname, join} from 'node:path';
import {type Host, mapPool, replaceFolder} from '@occo/host';
import {type Artifact, indexFile, type SupportFile, type WheelhouseIndex} from '@occo/model';
import {sha512} from './digest.ts';
import {formatIndex} from './index-file.ts';
import {licencesText} from './licences.ts';
import {provenanceText} from './provenance.ts';
import {sbomText} from './sbom.ts';

/** An artifact and where its content lies now (the cache); the content is linked, never written to. */
export interface PlacedArtifact {
	readonly artifact: Artifact;
	/** Absolute. */
	readonly path: string;
}

/** What a wheelhouse is made of: the index without the lists that follow from the rest. */
export interface WheelhouseContent extends Omit<WheelhouseIndex, 'schema' | 'artifacts' | 'files'> {
	readonly artifacts: readonly PlacedArtifact[];
	/** Texts to keep in `locks/`, by file name. */
	readonly locks: Readonly<Record<string, string>>;
}

/**
 * Makes `folder` the wheelhouse of this content: artifacts hard-linked, locks, `LICENSES.md`, `sbom.cdx.json`,
 * `provenance.json`, `SHA256SUMS`, and the index last. It is assembled in a folder beside and moved into place, so
 * that an earlier wheelhouse stays whole until then. The same content gives the same bytes.
 */
export async function writeWheelhouse(
	host: Host,
	folder: string,
	content: WheelhouseContent,
): Promise<WheelhouseIndex> {
	const {files} = host;
	const temporary = await files.temporaryFolder('.wheelhouse-', dirname(folder));
	try {
		const index = await assemble(host, temporary, content);
		await files.chmod(temporary, 0o755);
		await replaceFolder(files, temporary, folder);
		return index;
	} finally {
		await files.remove(temporary);
	}
}

async function assemble(
	{files}: Host,
	folder: string,
	{artifacts: placed, locks, ...facts}: WheelhouseContent,
): Promise<WheelhouseIndex> {
	const sorted = [...placed].sort((a, b) => compare(a.artifact.file, b.artifact.file));
	await mapPool(sorted, 16, ({artifact, path}) => files.link(path, join(folder, artifact.file)));
	const artifacts = sorted.map(({artifact}) => artifact);
	const bare: WheelhouseIndex = {schema: 'occo/wheelhouse@1', ...facts, artifacts, files: []};
	const texts: Record<string, string> = {
		'LICENSES.md': licencesText(bare),
		'provenance.json': provenanceText(bare),
		'sbom.cdx.json': sbomText(bare),
		SHA256SUMS: artifacts.map(({sha256, file}) => `${sha256}  ${file}\n`).join(''),
	};
	for (const [name, text] of Object.entries(locks)) texts[`locks/${name}`] = text;
	const support: SupportFile[] = [];
	for (const file of Object.keys(texts).sort(compare)) {
		const bytes = Buffer.from(texts[file] ?? '');
		await files.write(join(folder, file), bytes, {mode: 0o644});
		support.push({file, size: bytes.length, sha512: sha512(bytes)});
	}
	const index = {...bare, files: support};
	await files.write(join(folder, indexFile), formatIndex(index), {mode: 0o644});
	return index;
}

function compare(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}
