import {createHash} from 'node:crypto';
import type {Host, HttpResponse} from '@occo/host';
import {type Artifact, isOccoError, OccoError} from '@occo/model';
import type {PublishTarget, UploadState} from '../ecosystem.ts';
import {packedJson} from './packed-manifest.ts';

/** What a registry says of a package, as far as publishing needs it (npm "package metadata", abbreviated form). */
interface Packument {
	readonly 'dist-tags'?: Readonly<Record<string, string>>;
	readonly versions?: Readonly<
		Record<string, {readonly dist?: {readonly integrity?: string; readonly shasum?: string}}>
	>;
}

const escaped = (name: string): string => name.replace('/', '%2f');

function headers(target: PublishTarget): Record<string, string> {
	return target.authorization === undefined ? {} : {authorization: target.authorization};
}

/** Compares one artifact with what the registry has under its name and version. */
export async function compareNpm(
	host: Host,
	artifact: Artifact,
	target: PublishTarget,
): Promise<UploadState> {
	const packument = await readPackument(host, artifact.name, target);
	const there = packument?.versions?.[artifact.version];
	if (there === undefined) return 'new';
	const integrity = `sha512-${Buffer.from(artifact.sha512, 'hex').toString('base64')}`;
	return (there.dist?.integrity ?? '').split(/\s+/).includes(integrity) ? 'identical' : 'conflict';
}

async function readPackument(
	host: Host,
	name: string,
	target: PublishTarget,
): Promise<Packument | undefined> {
	const response = await host.http.request({
		url: target.registry + escaped(name),
		headers: {...headers(target), accept: 'application/vnd.npm.install-v1+json', 'cache-control': 'no-cache'},
	});
	if (response.status === 404) return undefined;
	if (response.status !== 200) throw refused(response, name, target);
	try {
		return JSON.parse(response.body.toString()) as Packument;
	} catch {
		throw new OccoError('OCCO_REGISTRY', `${target.registry} answered no JSON for \`${name}\``, {
			kind: 'world',
			hint: 'is this the address of an npm registry?',
		});
	}
}

function refused({status, body}: HttpResponse, what: string, {registry}: PublishTarget): OccoError {
	const said = body.toString().slice(0, 300).replace(/\s+/g, ' ').trim();
	if (status === 401 || status === 403) {
		return new OccoError('OCCO_NOT_AUTHORISED', `${registry} refused \`${what}\` (${status}): ${said}`, {
			kind: 'world',
			hint: 'check the token: OCCO_TOKEN, or `//host/:_authToken` in .npmrc',
		});
	}
	return new OccoError('OCCO_REGISTRY', `${registry} refused \`${what}\` (${status}): ${said}`, {
		kind: 'world',
	});
}

/**
 * Publishes one tarball by a direct PUT of npm's publish document. Answers `present` when the same bytes are there
 * already; other bytes under the same version throw `OCCO_CONFLICT`. After a cut connection the registry is asked what
 * it has before anything is tried again.
 */
export async function publishNpm(
	host: Host,
	artifact: Artifact,
	file: string,
	target: PublishTarget,
): Promise<'uploaded' | 'present'> {
	const bytes = await host.files.readBytes(file);
	if (bytes === undefined)
		throw new OccoError('OCCO_FILE_MISSING', `\`${file}\` is not there`, {kind: 'world'});
	const [manifest, packument] = await Promise.all([
		packedJson(host, file),
		readPackument(host, artifact.name, target),
	]);
	const document = publishDocument(
		artifact,
		bytes,
		manifest,
		await tagFor(artifact.version, packument),
		target,
	);
	for (let attempt = 1; ; attempt++) {
		const answer = await put(host, artifact, document, target);
		if (!isOccoError(answer) && answer.status >= 200 && answer.status < 300) return 'uploaded';
		const state = await compareNpm(host, artifact, target);
		if (state === 'identical') return attempt === 1 && !isOccoError(answer) ? 'present' : 'uploaded';
		if (state === 'conflict') {
			throw new OccoError(
				'OCCO_CONFLICT',
				`${artifact.name}@${artifact.version} is published with other bytes`,
				{
					kind: 'no',
					hint: 'give it a new version',
				},
			);
		}
		const failure = isOccoError(answer) ? answer : refused(answer, artifact.name, target);
		const retriable = isOccoError(answer) || answer.status >= 500 || answer.status === 429;
		if (!retriable || attempt === 3) throw failure;
		await new Promise(resolve => setTimeout(resolve, 200 * 2 ** attempt));
	}
}

async function put(
	host: Host,
	artifact: Artifact,
	body: string,
	target: PublishTarget,
): Promise<HttpResponse | OccoError> {
	try {
		return await host.http.request({
			method: 'PUT',
			url: target.registry + escaped(artifact.name),
			headers: {...headers(target), 'content-type': 'application/json'},
			body,
			retries: 0,
			redirects: false,
		});
	} catch (error) {
		if (!isOccoError(error) || error.kind === 'interrupted') throw error;
		return error;
	}
}

/** `latest` for the highest release, `next` for a prerelease or an older release: a tag never moves backwards. */
async function tagFor(version: string, packument: Packument | undefined): Promise<string> {
	const {default: semver} = await import('semver');
	const latest = packument?.['dist-tags']?.latest;
	if (latest === undefined) return 'latest';
	if (semver.prerelease(version) !== null) return 'next';
	return semver.prerelease(latest) !== null || semver.gt(version, latest) ? 'latest' : 'previous';
}

/** The document of `PUT /<name>` as libnpmpublish makes it. */
function publishDocument(
	artifact: Artifact,
	bytes: Buffer,
	manifest: object,
	tag: string,
	target: PublishTarget,
): string {
	const {name, version} = artifact;
	const attachment = `${name}-${version}.tgz`;
	const basename = attachment.replace(/^@[^/]+\//, '');
	const dist = {
		integrity: `sha512-${Buffer.from(artifact.sha512, 'hex').toString('base64')}`,
		shasum: createHash('sha1').update(bytes).digest('hex'),
		tarball: `${target.registry}${name}/-/${basename}`,
	};
	return JSON.stringify({
		_id: name,
		name,
		'dist-tags': {[tag]: version},
		versions: {[version]: {...manifest, name, version, _id: `${name}@${version}`, dist}},
		access: null,
		_attachments: {
			[attachment]: {
				content_type: 'application/octet-stream',
				data: bytes.toString('base64'),
				length: bytes.length,
			},
		},
	});
}
