import {join} from 'node:path';
import type {Host} from '@occo/host';
import {indexFile, OccoError, type WheelhouseIndex} from '@occo/model';
import {parseIndex} from './index-file.ts';

/** No index of a real wheelhouse comes near it (1,600 artifacts take 1.5 MB). */
const largestIndex = 256 * 1024 * 1024;

/**
 * The index of a wheelhouse, checked field by field. Throws `OCCO_WHEELHOUSE_INDEX` for one that is missing or not
 * right; whether the files fit it is what `verifyHashes` answers.
 */
export async function readWheelhouse({files}: Host, folder: string): Promise<WheelhouseIndex> {
	const path = join(folder, indexFile);
	const stat = await files.stat(path);
	const refuse = (message: string): OccoError =>
		new OccoError('OCCO_WHEELHOUSE_INDEX', message, {
			kind: 'no',
			hint: 'make the wheelhouse again with `occo package`, or name its folder or bundle',
		});
	if (stat === undefined) throw refuse(`\`${folder}\` is no finished wheelhouse: it has no \`${indexFile}\``);
	if (stat.type !== 'file') throw refuse(`\`${path}\` is not a plain file`);
	if (stat.size > largestIndex) throw refuse(`\`${path}\` is too large for an index (${stat.size} bytes)`);
	return parseIndex((await files.readText(path)) ?? '');
}
