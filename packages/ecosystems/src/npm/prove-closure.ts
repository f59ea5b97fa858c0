import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import type {Host} from '@occo/host';
import type {ClosureRequest} from '../ecosystem.ts';
import {closedEnvironment} from './closed-environment.ts';
import {pnpmLockHead} from './lock-head.ts';
import {serveArtifacts} from './loopback.ts';
import {pnpmProgram} from './pnpm-program.ts';

/**
 * Resolves a component again with pnpm against a loopback registry that holds only the wheelhouse, and compares the lock
 * with the one it was packaged with. Answers the differences; none proves that nothing is missing.
 */
export async function proveNpmClosure(host: Host, request: ClosureRequest): Promise<readonly string[]> {
	const {files} = host;
	const wanted = await files.readText(join(request.wheelhouse, 'locks', 'pnpm-lock.yaml'));
	if (wanted === undefined) return ['`locks/pnpm-lock.yaml` is not there to compare with'];
	const head = await pnpmLockHead(wanted, request.package, request.version);
	if (!head) return ['`locks/pnpm-lock.yaml` is not the lock of this component alone'];
	const folder = await files.temporaryFolder('occo-closure-');
	const registry = await serveArtifacts(
		host,
		request.artifacts
			.filter(({ecosystem, role}) => ecosystem === 'npm' && role !== 'build')
			.map(artifact => ({artifact, path: join(request.wheelhouse, artifact.file)})),
	);
	try {
		const project = join(folder, 'project');
		const manifest = {private: true, dependencies: {[request.package]: head.specifier}};
		await files.write(join(project, 'package.json'), JSON.stringify(manifest));
		await files.write(join(project, 'pnpm-workspace.yaml'), JSON.stringify(head.settings));
		const finished = await host.run({
			program: pnpmProgram(host),
			arguments: [
				'install',
				'--lockfile-only',
				'--ignore-scripts',
				'--reporter=append-only',
				'--config.minimum-release-age=0',
				`--registry=${registry.url}`,
				`--store-dir=${join(folder, 'store')}`,
				`--config.cache-dir=${join(folder, 'cache')}`,
			],
			cwd: project,
			env: closedEnvironment(host, folder, registry.url),
		});
		if (finished.code === 0) {
			// An optional package for another target may be missing: that the locks agree is the proof.
			return await differences(wanted, (await files.readText(join(project, 'pnpm-lock.yaml'))) ?? '');
		}
		const missed = registry.missed().filter(name => name !== 'pnpm');
		const output = `${finished.stdout}\n${finished.stderr}`.split('\n');
		const reason = output.find(line => /ERR_|error/i.test(line)) ?? output.filter(Boolean).at(-1) ?? '';
		return [
			...missed.map(name => `\`${name}\` is needed and not in the wheelhouse`),
			`the resolution fails: ${reason.trim().replaceAll(registry.url, '')}`,
		];
	} finally {
		await registry.close();
		await files.remove(folder);
	}
}

type Section = Readonly<Record<string, unknown>>;

/** Entries in which two locks differ; a notice of deprecation is not part of a resolution. */
async function differences(wanted: string, got: string): Promise<readonly string[]> {
	if (wanted === got) return [];
	const {parseAllDocuments} = await import('yaml');
	const last = (text: string): Readonly<Record<string, Section | undefined>> => {
		const documents = parseAllDocuments(text);
		return ('empty' in documents ? {} : (documents.at(-1)?.toJS() ?? {})) as Record<string, Section>;
	};
	const [a, b] = [last(wanted), last(got)];
	const plain = (entry: unknown): unknown =>
		typeof entry === 'object' && entry !== null ? {...entry, deprecated: undefined} : entry;
	return ['importers', 'packages', 'snapshots'].flatMap(section => {
		const [x, y] = [a[section] ?? {}, b[section] ?? {}];
		const keys = [...new Set([...Object.keys(x), ...Object.keys(y)])].sort();
		return keys
			.filter(key => !isDeepStrictEqual(plain(x[key]), plain(y[key])))
			.map(key => {
				if (!(key in y)) return `\`${key}\` is in the lock and does not come out again (${section})`;
				return `\`${key}\` ${key in x ? 'comes out otherwise than in the lock' : 'is not in the lock'} (${section})`;
			});
	});
}
