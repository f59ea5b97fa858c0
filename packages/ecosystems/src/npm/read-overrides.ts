import {type Manifest, OccoError, type Requirement, type Role} from '@occo/model';
import {isMap, isScalar, LineCounter, type Node, parseDocument, type YAMLMap} from 'yaml';
import {parseSpec} from './spec.ts';

/** Reads the pins of a `pnpm-workspace.yaml`: its `overrides:`, with the place of each. */
export async function readOverrides(text: string, role: Role, file: string): Promise<Manifest> {
	const lines = new LineCounter();
	const document = parseDocument(text, {lineCounter: lines, schema: 'failsafe', prettyErrors: false});
	const place = (node: unknown): Required<Requirement['place']> => {
		const {line, col} = lines.linePos((node as Node | null)?.range?.[0] ?? 0);
		return {file, line, column: col};
	};
	const problem = document.errors[0];
	if (problem) {
		const {line, col} = lines.linePos(problem.pos[0]);
		throw new OccoError('OCCO_MANIFEST', `not valid YAML: ${problem.message}`, {
			place: {file, line, column: col},
		});
	}
	const overrides = isMap(document.contents)
		? (document.contents as YAMLMap).get('overrides', true)
		: undefined;
	if (!isMap(overrides)) return {role, file, requirements: []};
	const requirements = overrides.items.map(({key, value}): Requirement => {
		if (!isScalar(key) || !isScalar(value)) {
			throw new OccoError('OCCO_MANIFEST', '`overrides` maps names to versions', {place: place(key)});
		}
		const selector = String(key.value);
		// `a>b` pins b below a only; `b@1` pins b where 1 is asked for. The last name is what is pinned.
		const name =
			selector
				.split('>')
				.at(-1)
				?.replace(/(.)@.*$/, '$1') ?? selector;
		return {
			...parseSpec(name, String(value.value ?? '')),
			kind: role === 'test' ? 'test' : 'run',
			place: place(key),
		};
	});
	return {role, file, requirements};
}
