import {duration, inOrder} from '@orchard/util';
import {validRange} from 'semver';

/** One machine of an infrastructure. */
export interface Node {
	readonly name: string;
	/** What it runs and which versions of it will do. */
	readonly service: string;
	readonly versions: string;
	/** Names of the machines that must run before. */
	readonly after: readonly string[];
	/** How long it may take to start, in ms. */
	readonly patience: number;
}

const line = /^node (?<name>[\w-]+) runs (?<service>[\w-]+)@(?<versions>\S+)(?: after (?<after>[\w, -]+?))?(?: within (?<patience>.+))?$/;

/** Reads a description, one machine a line, into an order in which the machines can be started. */
export function compile(text: string): Node[] {
	const nodes = text.split('\n').flatMap((written, index): Node[] => {
		const trimmed = written.replace(/#.*/, '').trim();
		if (trimmed === '') return [];
		const fields = line.exec(trimmed)?.groups;
		if (!fields) throw new Error(`line ${index + 1}: expected \`node NAME runs SERVICE@VERSIONS [after NAMES] [within TIME]\``);
		const {name = '', service = '', versions = '', after, patience = '60s'} = fields;
		if (validRange(versions) === null) throw new Error(`line ${index + 1}: \`${versions}\` is no range of versions`);
		return [{name, service, versions, after: after?.split(/,\s*/) ?? [], patience: duration(patience)}];
	});
	return inOrder(nodes, node => node.after);
}
