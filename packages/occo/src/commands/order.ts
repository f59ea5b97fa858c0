import {ecosystems} from '@occo/ecosystems';
import {
	above,
	buildOrder,
	compare,
	didYouMean,
	type Edge,
	edges,
	type Kind,
	OccoError,
	orderKinds,
	quoted,
	upTo,
} from '@occo/model';
import {openWorkspace, type Workspace} from '@occo/workspace';
import {wholeNumber} from '../arguments.ts';
import type {Arguments, Command, Context, Style} from '../command.ts';
import {escapeText} from '../escape.ts';

/** The answer of `occo order`. */
export interface OrderAnswer {
	readonly order: readonly string[];
	readonly layers: readonly (readonly string[])[];
	readonly edges: readonly Edge[];
	readonly cycles: readonly (readonly string[])[];
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
	usage: 'order [OPTION...]',
	description:
		'Reads the abstract manifests of all checkouts, without running anything. Needs for running and for building decide; test needs count with `--test`. The order is the same on every machine.\n\nComponents that need each other have no order: the shortest cycle is shown with the line behind each step, and the exit code is 1.',
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
		['occo order --above util --depth 1', 'what must be looked at when `util` changes'],
		['occo order --dot | dot -Tsvg > order.svg', 'a picture'],
	],
	run: async ({host}: Context, {options, positionals}: Arguments): Promise<Shown> => {
		if (positionals[0] !== undefined) {
			throw new OccoError('OCCO_USAGE', `\`occo order\` takes no component`, {
				hint: `did you mean \`--up-to ${positionals[0]}\`?`,
			});
		}
		const workspace = await openWorkspace(host, ecosystems);
		for (const name of workspace.missing) {
			host.report({
				type: 'warning',
				message: `${quoted(name)} is not checked out and not in the order`,
				hint: 'run `occo clone-all`',
			});
		}
		const answer = decide(workspace, options);
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

function decide(workspace: Workspace, options: Arguments['options']): OrderAnswer {
	const kinds: readonly Kind[] = options.test ? [...orderKinds, 'test'] : orderKinds;
	const links = edges(workspace.read, kinds);
	const names = [...workspace.read.map(({name}) => name), ...workspace.plain].sort(compare);
	const known = (option: 'up-to' | 'above'): string[] => {
		const wanted = (options[option] as readonly string[] | undefined) ?? [];
		for (const name of wanted) {
			if (names.includes(name)) continue;
			const missing = workspace.missing.includes(name);
			const hint = missing ? `run \`occo clone-all ${name}\`` : didYouMean(name, names);
			throw new OccoError(
				'OCCO_COMPONENT',
				`${quoted(name)} is ${missing ? 'not checked out' : 'no component'}`,
				hint ? {hint} : {},
			);
		}
		return [...wanted];
	};
	const [below, over] = [known('up-to'), known('above')];
	const needed = below.length > 0 ? upTo(below, links) : undefined;
	const users = over.length > 0 ? above(over, links, wholeNumber(options.depth, 'depth')) : undefined;
	const chosen = names.filter(name => (needed?.has(name) ?? true) && (users?.has(name) ?? true));
	const inside = new Set(chosen);
	const shown = links.filter(({from, to}) => inside.has(from) && inside.has(to));
	return {...buildOrder(chosen, shown), edges: shown};
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
	return answer.cycles
		.map(cycle => {
			const steps = cycle.slice(0, -1).map((from, index) => {
				const to = cycle[index + 1];
				const edge = answer.edges.find(one => one.from === from && one.to === to);
				return `  ${escapeText(from)} needs ${escapeText(to ?? '')} (${edge?.role}): ${escapeText(`${edge?.file}:${edge?.line}`)}`;
			});
			return [`${style.bad('cycle:')} ${cycle.map(escapeText).join(' -> ')}`, ...steps].join('\n');
		})
		.concat(
			`${style.warn('hint:')} remove one of these needs, or move what both share into a component of its own`,
		)
		.join('\n');
}
