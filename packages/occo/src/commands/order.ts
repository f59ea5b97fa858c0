import {ecosystems} from '@occo/ecosystems';
import type {Host} from '@occo/host';
import {
	above,
	buildOrder,
	compare,
	type Edge,
	edges,
	type Kind,
	OccoError,
	orderKinds,
	quoted,
	upTo,
} from '@occo/model';
import {openWorkspace, selectComponents, type Workspace} from '@occo/workspace';
import {wholeNumber} from '../arguments.ts';
import type {Arguments, Command, Context, Style} from '../command.ts';
import {escapeText} from '../escape.ts';

/** The answer of `occo order`. */
export interface OrderAnswer {
	/** Each after all that it needs; without what is in a cycle and what needs that. */
	readonly order: readonly string[];
	readonly layers: readonly (readonly string[])[];
	readonly edges: readonly Edge[];
	/** Sets of components that all need each other, each sorted. */
	readonly cycles: readonly (readonly string[])[];
	/** The shortest way round in each of them, with the edge behind every step. */
	readonly shortest: readonly (readonly Edge[])[];
	/** Components that are not checked out: nothing is known of what they need. */
	readonly missing: readonly string[];
}

/** How the answer is shown to people; the data is the same. */
interface Shown extends OrderAnswer {
	readonly as?: 'layers' | 'dot' | 'mermaid';
}

const many = 500;

/** `occo order`. */
export const order: Command<OrderAnswer> = {
	name: 'order',
	summary: 'Show the order in which components are built: each after all that it needs',
	usage: 'order [COMPONENT...] [OPTION...]',
	description:
		'Reads the abstract manifests of all checkouts, without running anything. Needs for running and for building decide; test needs count with `--test`. The order is the same on every machine. With names or globs, the order is that of all components, but only these are shown.\n\nComponents that need each other have no order: the shortest cycle is shown with the line behind each step, and the exit code is 1.',
	completes: 'components',
	options: {
		layers: {type: 'boolean', summary: 'One line for each layer; what is in a layer can be built at once'},
		'up-to': {
			type: 'string',
			value: 'NAME',
			multiple: true,
			summary: 'Only this component and what it needs',
		},
		above: {type: 'string', value: 'NAME', multiple: true, summary: 'Only this component and what needs it'},
		depth: {type: 'string', value: 'N', summary: 'With `--above`: at most so many steps away'},
		test: {type: 'boolean', summary: 'Let what tests need count, too'},
		dot: {type: 'boolean', summary: 'Print the graph for Graphviz'},
		mermaid: {type: 'boolean', summary: `Print the graph for Mermaid (at most ${many} edges)`},
	},
	examples: [
		['occo order', 'the names, one a line'],
		['occo order --layers', 'what can be built at the same time'],
		['occo order --up-to api', 'what `api` needs, `api` last'],
		["occo order 'lib-*'", 'in which order these are built'],
		['occo order --above util --depth 1', 'what must be looked at when `util` changes'],
		['occo order --dot | dot -Tsvg > order.svg', 'a picture'],
	],
	run: async ({host}: Context, {options, positionals}: Arguments): Promise<Shown> => {
		const workspace = await openWorkspace(host, ecosystems);
		warnOfMissing(host, workspace.missing);
		const answer = decide(workspace, positionals, options);
		const as = options.dot ? 'dot' : options.mermaid ? 'mermaid' : options.layers ? 'layers' : undefined;
		if (as === 'mermaid' && answer.edges.length > many) {
			throw new OccoError(
				'OCCO_USAGE',
				`${answer.edges.length} edges are more than Mermaid draws (${many})`,
				{
					hint: 'narrow it with `--up-to` or `--above NAME --depth 1`, or use `--dot`',
				},
			);
		}
		return as ? Object.defineProperty(answer, 'as', {value: as, enumerable: false}) : answer;
	},
	print: (answer: Shown, style) =>
		answer.cycles.length > 0 ? cycleText(answer, style) : textOf(answer, style),
	failed: answer => answer.cycles.length > 0,
};

function decide(
	workspace: Workspace,
	positionals: readonly string[],
	options: Arguments['options'],
): OrderAnswer {
	const kinds: readonly Kind[] = options.test ? [...orderKinds, 'test'] : orderKinds;
	const links = edges(workspace.read, kinds);
	const names = [...workspace.read.map(({name}) => name), ...workspace.plain].sort(compare);
	const wanted = (words: unknown): readonly string[] =>
		(words as readonly string[] | undefined)?.length ? chosenNames(workspace, words as string[]) : [];
	const [below, over, only] = [wanted(options['up-to']), wanted(options.above), wanted(positionals)];
	const needed = below.length > 0 ? upTo(below, links) : undefined;
	const behind = only.length > 0 ? upTo(only, links) : undefined;
	const users = over.length > 0 ? above(over, links, wholeNumber(options.depth, 'depth')) : undefined;
	const chosen = names.filter(name => [needed, users, behind].every(set => set?.has(name) ?? true));
	const inside = new Set(chosen);
	const within = links.filter(({from, to}) => inside.has(from) && inside.has(to));
	const {order: all, layers, knots, cycles} = buildOrder(chosen, within);
	const shown = only.length > 0 ? new Set(only) : inside;
	return {
		order: all.filter(name => shown.has(name)),
		layers: layers.map(layer => layer.filter(name => shown.has(name))).filter(layer => layer.length > 0),
		edges: within.filter(({from, to}) => shown.has(from) && shown.has(to)),
		cycles: knots,
		shortest: cycles.map(cycle => steps(cycle, within)),
		missing: workspace.missing,
	};
}

function warnOfMissing(host: Host, missing: readonly string[]): void {
	if (missing.length === 0) return;
	const [few, more] = [missing.slice(0, 5).map(quoted).join(', '), missing.length - 5];
	host.report({
		type: 'warning',
		message: `not checked out, so not in the order: ${few}${more > 0 ? ` and ${more} more` : ''}`,
		hint: 'run `occo clone-all`',
	});
}

/** The checked out components that words mean. */
function chosenNames({components, missing}: Workspace, words: readonly string[]): readonly string[] {
	const names = selectComponents(components, words).map(({name}) => name);
	const present = names.filter(name => !missing.includes(name));
	if (present.length > 0) return present;
	throw new OccoError('OCCO_COMPONENT_MISSING', `${names.map(quoted).join(', ')}: not checked out`, {
		hint: `run \`occo clone-all ${names.join(' ')}\``,
	});
}

function steps(cycle: readonly string[], links: readonly Edge[]): readonly Edge[] {
	return cycle
		.slice(1)
		.flatMap((to, index) => links.find(edge => edge.from === cycle[index] && edge.to === to) ?? []);
}

function textOf(answer: Shown, style: Style): string {
	const pairs = [
		...new Set(answer.edges.map(({from, to}) => `${JSON.stringify(from)}>${JSON.stringify(to)}`)),
	].map(text => text.split('>'));
	switch (answer.as) {
		case 'dot':
			return [
				'digraph order {',
				'  rankdir=BT;',
				...answer.order.map(name => `  ${JSON.stringify(name)};`),
				...pairs.map(([from, to]) => `  ${from} -> ${to};`),
				'}',
			].join('\n');
		case 'mermaid': {
			const id = (name: string | undefined): string => `n${answer.order.indexOf(JSON.parse(name ?? '""'))}`;
			return [
				'graph BT',
				...answer.order.map((name, index) => `  n${index}["${escapeText(name).replaceAll('"', '#quot;')}"]`),
				...pairs.map(([from, to]) => `  ${id(from)} --> ${id(to)}`),
			].join('\n');
		}
		case 'layers':
			return answer.layers
				.map(
					(layer, index) =>
						`${style.dim(String(index + 1).padStart(2))}  ${layer.map(escapeText).join('  ')}`,
				)
				.join('\n');
		default:
			return answer.order.map(escapeText).join('\n');
	}
}

function cycleText(answer: OrderAnswer, style: Style): string {
	const cycles = answer.shortest.map((cycle, index) => {
		const names = [...cycle.map(({from}) => from), cycle.at(-1)?.to ?? ''];
		const lines = cycle.map(
			({from, to, role, file, line}) => `  ${from} needs ${to} (${role}): ${file}:${line}`,
		);
		const others = (answer.cycles[index]?.length ?? 0) - cycle.length;
		if (others > 0) lines.push(`  and ${others} more in the same knot; \`--json\` names them`);
		return [`${style.bad('cycle:')} ${escapeText(names.join(' -> '))}`, ...lines.map(escapeText)].join('\n');
	});
	const hint = 'remove one of these needs, or move what both share into a component of its own';
	return [...cycles, `${style.warn('hint:')} ${hint}`].join('\n');
}
