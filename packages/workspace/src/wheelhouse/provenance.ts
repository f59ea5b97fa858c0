import type {WheelhouseIndex} from '@occo/model';

/**
 * `provenance.json`: an in-toto statement (v1) with a SLSA provenance predicate (v1) about what was built here: from
 * which commits, with which tools and inputs. It holds no clock time and nothing of the machine.
 */
export function provenanceText(index: WheelhouseIndex): string {
	const built = index.artifacts.filter(({role}) => role === 'component' || role === 'sibling');
	const statement = {
		_type: 'https://in-toto.io/Statement/v1',
		subject: built.map(({file, sha256, sha512}) => ({name: file, digest: {sha256, sha512}})),
		predicateType: 'https://slsa.dev/provenance/v1',
		predicate: {
			buildDefinition: {
				buildType: 'urn:occo:package:1',
				externalParameters: {
					component: index.component,
					package: index.package,
					version: index.version,
					targets: index.targets,
				},
				internalParameters: {
					inputs: index.inputs,
					...(index.justifications && {justifications: index.justifications}),
				},
				resolvedDependencies: Object.entries(index.commits)
					.sort(([a], [b]) => (a < b ? -1 : 1))
					.map(([name, commit]) => ({name, digest: {gitCommit: commit}})),
			},
			runDetails: {builder: {id: 'urn:occo', version: index.tools}},
		},
	};
	return `${JSON.stringify(statement, undefined, 2)}\n`;
}
