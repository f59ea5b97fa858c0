import {join} from 'node:path';
import type {Host} from '@occo/host';
import {OccoError} from '@occo/model';

/**
 * Throws `OCCO_LINKED_FOLDER` unless every folder above a path in the workspace is a real folder or not there yet: a
 * link that one component planted would lead the next one anywhere.
 */
export async function refuseLinkedParents(host: Host, root: string, path: string): Promise<void> {
	const parts = path.split('/').slice(0, -1);
	for (const index of parts.keys()) {
		const parent = parts.slice(0, index + 1).join('/');
		const stat = await host.files.stat(join(root, parent));
		if (stat === undefined) return;
		if (stat.type === 'folder') continue;
		throw new OccoError(
			'OCCO_LINKED_FOLDER',
			`\`${parent}\` is not a real folder; nothing is written through it`,
			{
				kind: 'world',
			},
		);
	}
}
