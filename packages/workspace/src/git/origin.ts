import {join} from 'node:path';
import type {Host} from '@occo/host';
import {commonFolder, gitFolder} from './head.ts';

/** The URL of `origin` from the repository's own configuration file (git-config(1) syntax, no includes). */
export async function originUrl(host: Host, checkout: string): Promise<string | undefined> {
	const folder = await gitFolder(host, checkout);
	if (folder === undefined) return undefined;
	const text = (await host.files.readText(join(await commonFolder(host, folder), 'config'))) ?? '';
	let inOrigin = false;
	for (const line of text.split('\n')) {
		const section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1];
		if (section !== undefined) inOrigin = section === 'remote "origin"';
		const value = inOrigin ? /^\s*url\s*=\s*(.*?)\s*$/.exec(line)?.[1] : undefined;
		if (value !== undefined) return value.replace(/^"(.*)"$/, '$1').replace(/\\(["\\])/g, '$1');
	}
	return undefined;
}
