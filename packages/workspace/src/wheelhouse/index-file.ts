import {
	type Artifact,
	type ArtifactRole,
	type EcosystemName,
	indexFile,
	OccoError,
	type SupportFile,
	type WheelhouseIndex,
} from '@occo/model';
import {isSafeFile, Reading} from './reading.ts';

const ecosystems: readonly EcosystemName[] = ['npm', 'python'];
const roles: readonly ArtifactRole[] = ['component', 'sibling', 'external', 'build'];
const name = /^(?:@[\w.~!'()*-]+\/)?[A-Za-z0-9_~!'()*][\w.~!'()*-]*$/;
const version = /^[A-Za-z0-9][A-Za-z0-9.+!_-]*$/;
const commit = /^(?:[0-9a-f]{40}|[0-9a-f]{64})?(?:\+dirty)?$/;

/** The text of `wheelhouse.json`. */
export function formatIndex(index: WheelhouseIndex): string {
	return `${JSON.stringify(index, undefined, '\t')}\n`;
}

/**
 * Reads the text of a `wheelhouse.json` that anybody may have written: every field is checked, unknown ones are
 * dropped. Throws `OCCO_WHEELHOUSE_INDEX` (kind `no`) that names the entry.
 */
export function parseIndex(text: string): WheelhouseIndex {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw new OccoError('OCCO_WHEELHOUSE_INDEX', `\`${indexFile}\` is not JSON`, {kind: 'no', cause});
	}
	const at = new Reading(value, indexFile);
	at.oneOf('schema', ['occo/wheelhouse@1']);
	const justifications = at.optional('justifications', () => at.texts('justifications'));
	const index: WheelhouseIndex = {
		schema: 'occo/wheelhouse@1',
		component: at.text('component', /^[^\p{Cc}]{1,214}$/u),
		ecosystem: at.oneOf('ecosystem', ecosystems),
		package: at.text('package', name),
		version: at.text('version', version),
		commit: at.text('commit', commit),
		commitTime: at.count('commitTime'),
		targets: targets(at),
		tools: at.texts('tools'),
		commits: at.texts('commits'),
		inputs: at.text('inputs'),
		...(justifications && {justifications}),
		artifacts: at.list('artifacts').map(artifact),
		files: at.list('files').map(supportFile),
	};
	checkFiles(index);
	return index;
}

function targets(at: Reading): WheelhouseIndex['targets'] {
	const section = at.section('targets');
	return Object.fromEntries(
		ecosystems
			.filter(ecosystem => section.has(ecosystem))
			.map(ecosystem => [ecosystem, section.strings(ecosystem)]),
	);
}

function artifact(at: Reading): Artifact {
	const ecosystem = at.oneOf('ecosystem', ecosystems);
	const strings = ['os', 'cpu', 'libc', 'tags'] as const;
	const texts = ['licence', 'source', 'published', 'commit', 'deprecated'] as const;
	return {
		ecosystem,
		name: at.text('name', name),
		version: at.text('version', version),
		role: at.oneOf('role', roles),
		file: at.text('file'),
		size: at.count('size'),
		sha512: at.text('sha512', /^[0-9a-f]{128}$/),
		sha256: at.text('sha256', /^[0-9a-f]{64}$/),
		neededBy: at.strings('neededBy'),
		...Object.fromEntries(strings.filter(key => at.has(key)).map(key => [key, at.strings(key)])),
		...Object.fromEntries(texts.filter(key => at.has(key)).map(key => [key, at.text(key)])),
		...(at.has('installScripts') && {installScripts: at.flag('installScripts')}),
		...(at.has('trust') && {trust: at.oneOf('trust', ['first-use'] as const)}),
	};
}

function supportFile(at: Reading): SupportFile {
	return {file: at.text('file'), size: at.count('size'), sha512: at.text('sha512', /^[0-9a-f]{128}$/)};
}

function checkFiles(index: WheelhouseIndex): void {
	const refuse = (what: string): never => {
		throw new OccoError('OCCO_WHEELHOUSE_INDEX', `\`${indexFile}\`: ${what}`, {kind: 'no'});
	};
	const seen = new Set<string>([indexFile]);
	for (const {file} of [...index.artifacts, ...index.files]) {
		if (!isSafeFile(file)) refuse(`\`${file}\` is not a file inside the wheelhouse`);
		if (seen.has(file)) refuse(`\`${file}\` is listed twice`);
		seen.add(file);
	}
	for (const {file, ecosystem} of index.artifacts) {
		if (!file.startsWith(`${ecosystem}/`) || file.split('/').length !== 2) {
			refuse(`\`${file}\` is not in \`${ecosystem}/\``);
		}
	}
	const root = index.artifacts.filter(({role}) => role === 'component');
	if (root.length !== 1 || root[0]?.name !== index.package || root[0].version !== index.version) {
		refuse(`no single artifact is the component \`${index.package}@${index.version}\``);
	}
}
