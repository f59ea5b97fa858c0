import type {Host} from '@occo/host';
import type {WheelhouseIndex} from '@occo/model';
import {openBundle} from './bundle.ts';
import {readWheelhouse} from './read.ts';

/** A wheelhouse that can be read; `close` removes what opening it made. */
export interface OpenWheelhouse {
	/** Absolute. */
	readonly folder: string;
	readonly index: WheelhouseIndex;
	close(): Promise<void>;
}

/** Opens a wheelhouse folder, or a bundle file by unpacking it into a temporary folder. Its files are not verified yet. */
export async function openWheelhouse(host: Host, path: string): Promise<OpenWheelhouse> {
	const stat = await host.files.stat(path);
	if (stat?.type !== 'file') {
		return {folder: path, index: await readWheelhouse(host, path), close: async () => {}};
	}
	const unpacked = await openBundle(host, path);
	try {
		return {...unpacked, index: await readWheelhouse(host, unpacked.folder)};
	} catch (error) {
		await unpacked.close();
		throw error;
	}
}
