import {createHash} from 'node:crypto';
import {rmSync} from 'node:fs';
import {mkdir, mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {type Host, nodeHost} from '@occo/host';
import type {Artifact, ArtifactRole} from '@occo/model';
import {type PlacedArtifact, type WheelhouseContent, writeWheelhouse} from '../src/wheelhouse/write.ts';

/** One package of a made-up closure: its package.json and its other files. */
export interface Made {
	readonly manifest: {readonly name: string; readonly version: string; readonly [key: string]: unknown};
	readonly files?: Readonly<Record<string, string>>;
	readonly role?: ArtifactRole;
	readonly neededBy?: readonly string[];
}

/** A deterministic npm tarball (ustar), made by hand so that tests can also make wrong ones. */
export function tarball({manifest, files = {}}: Made): Buffer {
	const all = {'package.json': JSON.stringify(manifest), ...files};
	const blocks = Object.entries(all).flatMap(([name, text]) => entry(`package/${name}`, Buffer.from(text)));
	return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), {level: 9});
}

/** The blocks of one tar entry; `type` `0` is a file, `2` a symbolic link to `target`. */
export function entry(
	name: string,
	content: Buffer,
	type = '0',
	target = '',
	size = content.length,
): Buffer[] {
	const header = Buffer.alloc(512);
	header.write(name, 0, 100);
	header.write('0000644\0', 100);
	header.write('0000000\0', 108);
	header.write('0000000\0', 116);
	header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
	header.write('00000000000\0', 136);
	header.write('        ', 148);
	header.write(type, 156);
	header.write(target, 157, 100);
	header.write('ustar\x0000', 257);
	const sum = header.reduce((total, byte) => total + byte, 0);
	header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

/** A host on the real machine whose user folders are all below a fresh temporary folder, removed at the end. */
export async function temporaryHost(): Promise<{host: Host; folder: string}> {
	const folder = await mkdtemp(join(tmpdir(), 'occo wheelhouse-'));
	process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
	const xdg = Object.fromEntries(
		['CACHE', 'CONFIG', 'DATA', 'STATE'].map(name => [`XDG_${name}_HOME`, join(folder, 'user', name)]),
	);
	return {host: nodeHost({cwd: folder, env: {...process.env, ...xdg}}), folder};
}

/** Puts packages in a folder as a cache would and describes them as artifacts. */
export async function placed(folder: string, packages: readonly Made[]): Promise<PlacedArtifact[]> {
	await mkdir(folder, {recursive: true});
	return Promise.all(
		packages.map(async made => {
			const {name, version, os, cpu} = made.manifest;
			const bytes = tarball(made);
			const base = `${name.replace('/', '+')}-${version}.tgz`;
			const path = join(folder, base);
			await writeFile(path, bytes);
			const artifact: Artifact = {
				ecosystem: 'npm',
				name,
				version,
				role: made.role ?? 'external',
				file: `npm/${base}`,
				size: bytes.length,
				sha512: createHash('sha512').update(bytes).digest('hex'),
				sha256: createHash('sha256').update(bytes).digest('hex'),
				neededBy: made.neededBy ?? [],
				licence: 'MIT',
				...(Array.isArray(os) && {os: os as string[]}),
				...(Array.isArray(cpu) && {cpu: cpu as string[]}),
				...(made.manifest.scripts !== undefined && {installScripts: true}),
			};
			return {artifact, path};
		}),
	);
}

/** A component with a bin, a sibling in a scope, a shared dependency, a peer, and binaries for two platforms. */
export const closure: readonly Made[] = [
	{
		manifest: {
			name: 'top',
			version: '1.2.0',
			bin: {top: 'cli.js'},
			main: 'index.js',
			dependencies: {'@acme/util': '^1.0.0', plugin: '^2.0.0', framework: '^3.0.0'},
		},
		files: {
			'index.js': "module.exports = 'top ' + require('@acme/util') + ' ' + require('plugin');\n",
			'cli.js': "#!/usr/bin/env node\nconsole.log(require('./index.js'), process.argv.slice(2).join());\n",
		},
		role: 'component',
	},
	{
		manifest: {
			name: '@acme/util',
			version: '1.0.3',
			dependencies: {leaf: '~1.0.0'},
			optionalDependencies: {'binary-here': '1.0.0', 'binary-there': '1.0.0'},
		},
		files: {'index.js': "module.exports = 'util-' + require('leaf') + '-' + require('binary-here');\n"},
		role: 'sibling',
		neededBy: ['top@1.2.0'],
	},
	{
		manifest: {
			name: 'plugin',
			version: '2.0.0',
			peerDependencies: {framework: '>=3'},
			dependencies: {leaf: '^1.1.0'},
		},
		files: {'index.js': "module.exports = 'plugin-' + require('framework') + '-' + require('leaf');\n"},
		neededBy: ['top@1.2.0'],
	},
	{
		manifest: {
			name: 'framework',
			version: '3.0.0',
			scripts: {postinstall: "node -e \"require('fs').writeFileSync('ran','')\""},
		},
		files: {'index.js': "module.exports = 'framework';\n"},
		neededBy: ['plugin@2.0.0', 'top@1.2.0'],
	},
	{
		manifest: {name: 'leaf', version: '1.0.9'},
		files: {'index.js': "module.exports = 'leaf10';\n"},
		neededBy: ['@acme/util@1.0.3'],
	},
	{
		manifest: {name: 'leaf', version: '1.1.0'},
		files: {'index.js': "module.exports = 'leaf11';\n"},
		neededBy: ['plugin@2.0.0'],
	},
	{
		manifest: {name: 'binary-here', version: '1.0.0', os: [process.platform], cpu: [process.arch]},
		files: {'index.js': "module.exports = 'here';\n"},
		neededBy: ['@acme/util@1.0.3'],
	},
	{
		manifest: {name: 'binary-there', version: '1.0.0', os: ['win32'], cpu: ['x64']},
		files: {'index.js': "module.exports = 'there';\n"},
		neededBy: ['@acme/util@1.0.3'],
	},
];

/** The rest of a wheelhouse's content for {@link closure}. */
export function content(
	artifacts: readonly PlacedArtifact[],
	locks: Record<string, string>,
): WheelhouseContent {
	return {
		component: 'top',
		ecosystem: 'npm',
		package: 'top',
		version: '1.2.0',
		commit: 'a'.repeat(40),
		commitTime: 1_700_000_000,
		targets: {npm: [`${process.platform} ${process.arch}`, 'win32 x64']},
		tools: {occo: '0.1.0', pnpm: '12.21.0'},
		commits: {top: 'a'.repeat(40), util: 'b'.repeat(40)},
		inputs: 'test',
		artifacts,
		locks,
	};
}

/** Writes a wheelhouse of {@link closure} into a folder. */
export async function wheelhouse(
	host: Host,
	folder: string,
	locks: Record<string, string> = {},
	packages: readonly Made[] = closure,
): Promise<void> {
	await writeWheelhouse(
		host,
		folder,
		content(await placed(join(host.folders.cache, 'files'), packages), locks),
	);
}
