import {
	type ComponentSettings,
	checkDistinct,
	checkedPath,
	checkedRevision,
	checkedUrl,
	defaultProtocols,
	type EcosystemName,
	expandComponents,
	formatNpmTarget,
	interpolate,
	lookUp,
	type Protocol,
	parseNpmTarget,
	quoted,
	type Revision,
	type Scalar,
	type Section,
	settingError,
} from '@occo/model';

/** The URLs of servers by ecosystem; each ends in `/`. */
export type Servers = Readonly<Partial<Record<EcosystemName, string>>>;

/** The configuration of a workspace, checked. */
export interface Settings {
	/** Sorted by name. */
	readonly components: readonly ComponentSettings[];
	readonly protocols: readonly Protocol[];
	/** Where `occo upload` publishes; nothing when it is not configured. */
	readonly registry: Servers;
	/** Where public packages come from; nothing when the ecosystem's own configuration decides. */
	readonly upstream: Servers;
	/** Canonical texts; nothing for an ecosystem whose targets are not configured. */
	readonly targets: Readonly<Partial<Record<EcosystemName, readonly string[]>>>;
	/** Everything with its origin, for `occo config`. */
	readonly origins: Section;
}

/** Turns the merged layers into settings: expands components, replaces references, checks every hostile value. */
export function resolveSettings(merged: Section): Settings {
	const declared = merged.entries.get('components');
	const expanded =
		declared?.type === 'section'
			? {...merged, entries: new Map([...merged.entries, ['components', expandComponents(declared)]])}
			: merged;
	const origins = interpolate(expanded as Section);
	const protocols = texts(origins, ['protocols']) as Protocol[] | undefined;
	const allowed = protocols ?? defaultProtocols;
	const sections = lookUp(origins, ['components']);
	const components =
		sections?.type === 'section'
			? [...sections.entries].map(([name, section]) => component(name, section as Section, allowed))
			: [];
	components.sort((a, b) => (a.name < b.name ? -1 : 1));
	checkDistinct(checkouts(components));
	return {
		components,
		protocols: allowed,
		registry: servers(origins, 'registry'),
		upstream: servers(origins, 'upstream'),
		targets: targets(origins),
		origins,
	};
}

/** Components that share one checkout (same folder, repository and revision) count once; others must not collide. */
function checkouts(
	components: readonly ComponentSettings[],
): {name: string; folder: string; place: ComponentSettings['place']}[] {
	const seen = new Set<string>();
	return components.flatMap(({name, folder, git, revision, path, place}) => {
		const id = JSON.stringify([folder, git, revision]);
		const twice = seen.has(id) && path !== '.';
		seen.add(id);
		return twice ? [] : [{name, folder, place}];
	});
}

function scalar(section: Section, key: string): Scalar | undefined {
	const setting = section.entries.get(key);
	return setting?.type === 'scalar' && setting.value !== null ? setting : undefined;
}

function component(name: string, section: Section, protocols: readonly Protocol[]): ComponentSettings {
	const what = `component ${quoted(name)}`;
	const {place} = section.origin;
	if (!/^[\p{L}\p{N}_@][\p{L}\p{N}._@/-]*$/u.test(name)) {
		throw settingError(
			section,
			`${what}: a name has letters, digits, \`.\`, \`_\`, \`-\`, \`@\` and \`/\` only`,
		);
	}
	const value = (key: string): string | undefined => scalar(section, key)?.value ?? undefined;
	const at = (key: string): ComponentSettings['place'] => scalar(section, key)?.origin.place ?? place;
	const git = value('git');
	const folder = value('folder') ?? name;
	const path = value('path') ?? '.';
	return {
		name,
		git: git === undefined ? undefined : checkedUrl(git, what, protocols, at('git')),
		revision: revision(section, what),
		folder: checkedPath(folder, what, at('folder')),
		path: path === '.' ? '.' : checkedPath(path.replace(/\/$/, ''), what, at('path')),
		ecosystem: value('ecosystem') as EcosystemName | undefined,
		package: value('package') !== 'false',
		publish: value('publish') !== 'false',
		place,
	};
}

/** The most specific wins where a component overrides what its base says: commit, then tag, then branch. */
function revision(section: Section, what: string): Revision | undefined {
	for (const kind of ['commit', 'tag', 'branch'] as const) {
		const setting = scalar(section, kind);
		if (setting) return checkedRevision(kind, setting.value as string, what, setting.origin.place);
	}
	return undefined;
}

function texts(root: Section, path: readonly string[]): string[] | undefined {
	const setting = lookUp(root, path);
	if (setting === undefined || (setting.type === 'scalar' && setting.value === null)) return undefined;
	const items = setting.type === 'list' ? setting.items : [setting];
	return items.flatMap(item => (item.type === 'scalar' && item.value !== null ? [item.value] : []));
}

function targets(root: Section): Settings['targets'] {
	const npm = texts(root, ['targets', 'npm'])?.map(text => formatNpmTarget(parseNpmTarget(text)));
	const python = texts(root, ['targets', 'python']);
	return {
		...(npm ? {npm: [...new Set(npm)].sort()} : {}),
		...(python ? {python: [...new Set(python)].sort()} : {}),
	};
}

function servers(root: Section, key: 'registry' | 'upstream'): Servers {
	const setting = root.entries.get(key);
	if (setting === undefined) return {};
	const url = (text: Scalar | undefined, suffix = ''): string | undefined => {
		if (text === undefined) return undefined;
		return serverUrl(text, key) + suffix;
	};
	if (setting.type === 'scalar') {
		if (setting.value === null) return {};
		const base = url(setting) as string;
		return key === 'registry' ? {npm: base, python: `${base}-/pypi/`} : {npm: base};
	}
	const [npm, python] =
		setting.type === 'section' ? [url(scalar(setting, 'npm')), url(scalar(setting, 'python'))] : [];
	return {...(npm ? {npm} : {}), ...(python ? {python} : {})};
}

function serverUrl(text: Scalar, key: string): string {
	let url: URL;
	try {
		url = new URL(text.value as string);
	} catch {
		throw settingError(
			text,
			`\`${key}\`: ${quoted(text.value as string)} is not a URL`,
			'write it as `https://host/path/`',
		);
	}
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		throw settingError(text, `\`${key}\`: \`${url.protocol}\` is not http or https`);
	}
	if (url.username !== '' || url.password !== '') {
		throw settingError(
			text,
			`\`${key}\`: the URL holds credentials`,
			'keep them in `.npmrc` or in `OCCO_TOKEN`',
		);
	}
	return url.href.endsWith('/') ? url.href : `${url.href}/`;
}
