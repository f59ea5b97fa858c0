import {join, resolve} from 'node:path';
import type {Host} from '@occo/host';
import {didYouMean, indexFile, isOccoError, OccoError} from '@occo/model';
import {openSettings} from '../open.ts';

/**
 * What a user means by a wheelhouse: its folder, a folder that has one in `wheelhouse/`, a bundle file, or a component of
 * the workspace. Answers an absolute path. Throws `OCCO_WHEELHOUSE_MISSING` when it is none of them.
 */
export async function locateWheelhouse(host: Host, place: string): Promise<string> {
	const path = resolve(host.cwd, place);
	const real = await host.files.realPath(path);
	const found = real === undefined ? undefined : await host.files.stat(real);
	if (real !== undefined && found?.type === 'file') return real;
	if (real !== undefined && found?.type === 'folder') {
		if (await host.files.exists(join(real, indexFile))) return real;
		if (await host.files.exists(join(real, 'wheelhouse'))) return join(real, 'wheelhouse');
	}
	const component = await ofComponent(host, place);
	if (component !== undefined) return component;
	if (real !== undefined && found?.type === 'folder') return real;
	throw new OccoError('OCCO_WHEELHOUSE_MISSING', `\`${place}\` is no folder, no file and no component here`);
}

async function ofComponent(host: Host, name: string): Promise<string | undefined> {
	if (!/^[\w.-]+$/.test(name)) return undefined;
	const settings = await openSettings(host).catch((error: unknown) => {
		if (isOccoError(error) && error.code === 'OCCO_NO_WORKSPACE') return undefined;
		throw error;
	});
	if (settings === undefined) return undefined;
	const {root, components} = settings;
	const component = components.find(one => one.name === name);
	if (component) return packaged(host, name, join(root, component.folder, component.path, 'wheelhouse'));
	const hint = didYouMean(
		name,
		components.map(one => one.name),
	);
	if (hint === undefined) return undefined;
	throw new OccoError('OCCO_COMPONENT', `there is no component, folder or file \`${name}\``, {hint});
}

async function packaged(host: Host, name: string, folder: string): Promise<string> {
	if (await host.files.exists(folder)) return folder;
	throw new OccoError('OCCO_WHEELHOUSE_MISSING', `component \`${name}\` has no wheelhouse yet`, {
		component: name,
		hint: `run \`occo package ${name}\` first`,
	});
}
