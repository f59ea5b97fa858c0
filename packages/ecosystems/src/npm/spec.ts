import type {Requirement} from '@occo/model';

/** Splits an npm dependency specification (npm-package-arg's kinds) into name, constraint, source and alias. */
export function parseSpec(
	name: string,
	spec: string,
): Pick<Requirement, 'name' | 'constraint' | 'source' | 'alias'> {
	const alias = /^npm:(@?[^@]+)(?:@(.*))?$/.exec(spec);
	if (alias) return {name: alias[1] as string, constraint: alias[2] ?? '', alias: name};
	const workspace = /^workspace:(.*)$/.exec(spec);
	if (workspace) return {name, constraint: (workspace[1] as string).replace(/^[*^~]$/, ''), source: spec};
	if (
		/^(file|link|portal|catalog|git|git\+[a-z]+|https?|github|gitlab|bitbucket|gist):/.test(spec) ||
		/^[^@\s]+\/[^\s]+$/.test(spec)
	) {
		return {name, constraint: '', source: spec};
	}
	return {name, constraint: spec === '*' || spec === 'latest' ? '' : spec};
}
