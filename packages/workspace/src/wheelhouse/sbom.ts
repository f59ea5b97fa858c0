import type {Artifact, WheelhouseIndex} from '@occo/model';
import {uuid5} from './digest.ts';

/**
 * `sbom.cdx.json`: CycloneDX 1.6 with every artifact of all ecosystems and targets, its hashes, licence, source and
 * the dependency graph. Deterministic: the time is the commit's, the serial number a UUIDv5 of the content.
 */
export function sbomText(index: WheelhouseIndex): string {
	const references = referencesOf(index.artifacts);
	const root = index.artifacts.find(({role}) => role === 'component');
	const body = {
		version: 1,
		metadata: {
			timestamp: new Date(index.commitTime * 1000).toISOString(),
			tools: {
				components: Object.entries(index.tools)
					.sort(([a], [b]) => (a < b ? -1 : 1))
					.map(([name, version]) => ({type: 'application', name, version})),
			},
			component: root ? component(root, references) : {type: 'application', name: index.component},
			properties: Object.entries(index.targets).flatMap(([ecosystem, targets]) =>
				targets.map(value => ({name: `occo:target:${ecosystem}`, value})),
			),
		},
		components: index.artifacts
			.filter(artifact => artifact !== root)
			.map(artifact => component(artifact, references)),
		dependencies: graph(index.artifacts, references),
	};
	const serialNumber = `urn:uuid:${uuid5(JSON.stringify(body))}`;
	return `${JSON.stringify({bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, ...body}, undefined, 1)}\n`;
}

type References = ReadonlyMap<Artifact, string>;

/** Package URLs; where several files share a name and version (wheels by platform) the file tells them apart. */
function referencesOf(artifacts: readonly Artifact[]): References {
	const counts = new Map<string, number>();
	for (const artifact of artifacts) {
		const purl = packageUrl(artifact);
		counts.set(purl, (counts.get(purl) ?? 0) + 1);
	}
	return new Map(
		artifacts.map(artifact => {
			const purl = packageUrl(artifact);
			const file = artifact.file.slice(artifact.file.lastIndexOf('/') + 1);
			return [artifact, counts.get(purl) === 1 ? purl : `${purl}?file_name=${encodeURIComponent(file)}`];
		}),
	);
}

function packageUrl({ecosystem, name, version}: Artifact): string {
	const type = ecosystem === 'python' ? 'pypi' : ecosystem;
	return `pkg:${type}/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;
}

function component(artifact: Artifact, references: References): object {
	const [scope, base] = artifact.name.startsWith('@') ? artifact.name.split('/') : [];
	return {
		type: 'library',
		'bom-ref': references.get(artifact),
		...(scope && base ? {group: scope, name: base} : {name: artifact.name}),
		version: artifact.version,
		hashes: [
			{alg: 'SHA-256', content: artifact.sha256},
			{alg: 'SHA-512', content: artifact.sha512},
		],
		...(artifact.licence !== undefined && {licenses: [licence(artifact.licence)]}),
		purl: references.get(artifact),
		...(artifact.source !== undefined && {
			externalReferences: [{type: 'distribution', url: artifact.source}],
		}),
		properties: properties(artifact),
	};
}

const expression = /^\(*[A-Za-z0-9.+-]+\)*(?: (?:AND|OR|WITH) \(*[A-Za-z0-9.+-]+\)*)*$/;

function licence(text: string): object {
	return expression.test(text) && text !== 'UNLICENSED' ? {expression: text} : {license: {name: text || '-'}};
}

function properties(artifact: Artifact): object[] {
	const values: Record<string, string | undefined> = {
		'occo:file': artifact.file,
		'occo:role': artifact.role,
		'occo:commit': artifact.commit,
		'occo:published': artifact.published,
		'occo:deprecated': artifact.deprecated,
		'occo:install-scripts': artifact.installScripts ? 'true' : undefined,
		'occo:os': artifact.os?.join(' '),
		'occo:cpu': artifact.cpu?.join(' '),
		'occo:libc': artifact.libc?.join(' '),
		'occo:tags': artifact.tags?.join(' '),
	};
	return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{name, value}]));
}

function graph(artifacts: readonly Artifact[], references: References): object[] {
	const needs = new Map<string, Set<string>>();
	for (const artifact of artifacts) {
		for (const user of artifact.neededBy) {
			const key = `${artifact.ecosystem} ${user}`;
			const list = needs.get(key) ?? new Set();
			list.add(references.get(artifact) ?? '');
			needs.set(key, list);
		}
	}
	return artifacts.map(artifact => ({
		ref: references.get(artifact),
		dependsOn: [...(needs.get(`${artifact.ecosystem} ${artifact.name}@${artifact.version}`) ?? [])].sort(),
	}));
}
