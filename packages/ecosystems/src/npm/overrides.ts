import {join} from 'node:path';
import type {Host} from '@occo/host';

/** The `pnpm-workspace.yaml` of a package as data; empty when it has none. */
export async function readPnpmWorkspace(host: Host, folder: string): Promise<Record<string, unknown>> {
	const text = await host.files.readText(join(folder, 'pnpm-workspace.yaml'));
	if (text === undefined) return {};
	const {parse} = await import('yaml');
	const value: unknown = parse(text);
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? {...value} : {};
}

/** The deploy pins of a package: the `overrides:` that do not concern siblings, which come from their checkouts. */
export async function deployPins(
	host: Host,
	folder: string,
	siblings: ReadonlySet<string>,
): Promise<Record<string, string>> {
	const {overrides} = await readPnpmWorkspace(host, folder);
	if (typeof overrides !== 'object' || overrides === null) return {};
	return Object.fromEntries(
		Object.entries(overrides)
			.map(([selector, spec]) => [selector, String(spec)] as const)
			.filter(
				([selector]) =>
					!siblings.has(
						selector
							.split('>')
							.at(-1)
							?.replace(/(.)@.*$/, '$1') ?? '',
					),
			),
	);
}
