import {OccoError, type Place} from './error.ts';

/** Where a value of the configuration came from. */
export interface Origin {
	/** `default`, `user`, `extends`, `workspace`, `local`, `environment` or `flag`. */
	readonly layer: string;
	readonly place: Place;
}

/** A value of the configuration with its origin. Scalars are strings: `1.10` stays `1.10`. `null` is a bare key. */
export type Setting = Scalar | List | Section;

export interface Scalar {
	readonly type: 'scalar';
	readonly value: string | null;
	readonly origin: Origin;
}

export interface List {
	readonly type: 'list';
	readonly items: readonly Setting[];
	readonly origin: Origin;
}

/** A map; its keys are data, so they live in a `Map` and `__proto__` is a name like any other. */
export interface Section {
	readonly type: 'section';
	readonly entries: ReadonlyMap<string, Setting>;
	readonly origin: Origin;
}

/** A configuration error at a setting. */
export function settingError(setting: {readonly origin: Origin}, message: string, hint?: string): OccoError {
	return new OccoError('OCCO_CONFIG', message, {place: setting.origin.place, ...(hint ? {hint} : {})});
}

/** The key without the `+` or `-` that says how it is merged. */
export function plainKey(key: string): string {
	return key.replace(/[+-]$/, '');
}

/**
 * Lays one section over another: sections merge, other values replace, `key+:` appends to a list (or adds to a
 * section), `key-:` removes the key, the listed items or the listed keys. A bare key leaves the lower value as it is.
 */
export function overlay(base: Section, over: Section): Section {
	const entries = new Map(base.entries);
	for (const [written, value] of over.entries) {
		const key = plainKey(written);
		const below = entries.get(key);
		if (written.endsWith('+')) entries.set(key, appended(below, value));
		else if (written.endsWith('-')) removeFrom(entries, key, below, value);
		else if (value.type === 'section') {
			entries.set(key, overlay(below?.type === 'section' ? below : empty(value.origin), value));
		} else if (value.type !== 'scalar' || value.value !== null || below === undefined)
			entries.set(key, value);
	}
	return {...base, entries};
}

const empty = (origin: Origin): Section => ({type: 'section', entries: new Map(), origin});

const itemsOf = (setting: Setting): readonly Setting[] =>
	setting.type === 'list'
		? setting.items
		: setting.type === 'scalar' && setting.value === null
			? []
			: [setting];

function appended(below: Setting | undefined, value: Setting): Setting {
	if (value.type === 'section')
		return overlay(below?.type === 'section' ? below : empty(value.origin), value);
	return {type: 'list', items: [...(below ? itemsOf(below) : []), ...itemsOf(value)], origin: value.origin};
}

function removeFrom(
	entries: Map<string, Setting>,
	key: string,
	below: Setting | undefined,
	value: Setting,
): void {
	const names = new Set(
		value.type === 'section'
			? value.entries.keys()
			: itemsOf(value).map(item => (item.type === 'scalar' ? item.value : null)),
	);
	if (names.size === 0 || below === undefined || below.type === 'scalar') entries.delete(key);
	else if (below.type === 'section') {
		entries.set(key, {...below, entries: new Map([...below.entries].filter(([name]) => !names.has(name)))});
	} else {
		entries.set(key, {
			...below,
			items: below.items.filter(item => item.type !== 'scalar' || !names.has(item.value)),
		});
	}
}

/**
 * Every component with its base: `"*"` below the section that `like:` names, below its own. The result has neither
 * `"*"` nor `like`. Throws at a `like` that leads nowhere or round in a circle.
 */
export function expandComponents(components: Section): Section {
	const base = components.entries.get('*');
	const expand = (name: string, via: readonly string[]): Section => {
		const setting = components.entries.get(name) as Setting;
		const own = setting.type === 'section' ? setting : empty(setting.origin);
		const like = own.entries.get('like');
		let below: Section = base?.type === 'section' && name !== '*' ? base : empty(own.origin);
		if (like?.type === 'scalar' && like.value !== null) {
			if (!components.entries.has(like.value))
				throw settingError(like, `\`like: ${like.value}\`: there is no such component`);
			if (via.includes(like.value))
				throw settingError(like, `\`like\` goes round in a circle: ${[...via, like.value].join(' -> ')}`);
			below = overlay(below, expand(like.value, [...via, like.value]));
		}
		const whole = overlay(below, own);
		return {
			...whole,
			origin: own.origin,
			entries: new Map([...whole.entries].filter(([key]) => key !== 'like')),
		};
	};
	const names = [...components.entries.keys()].filter(name => name !== '*');
	return {...components, entries: new Map(names.map(name => [name, expand(name, [name])]))};
}

/**
 * Replaces `${a.b}` (from the root), `${.x}` (from the section it stands in; `${.name}` is the section's own key) and
 * `$${` (a literal `${`). Throws at unknown references and at loops, with the place.
 */
export function interpolate(root: Section): Section {
	const resolve = (text: string, at: Scalar, path: readonly string[], busy: readonly string[]): string =>
		text.replace(/\$\$\{|\$\{([^}]*)\}|\$\{/g, (match, reference: string | undefined) => {
			if (match === '$${') return '${';
			if (reference === undefined)
				throw settingError(at, `\`${text}\`: \`\${\` is not closed`, 'write `$${` for a literal `${`');
			const target = reference.startsWith('.')
				? [...path.slice(0, -1), ...reference.slice(1).split('.')]
				: reference.split('.');
			const id = JSON.stringify(target);
			if (busy.includes(id)) throw settingError(at, `\`\${${reference}}\` refers to itself`);
			const found = lookUp(root, target);
			if (found?.type === 'scalar' && found.value !== null)
				return resolve(found.value, found, target, [...busy, id]);
			if (reference === '.name' && path.length > 1) return path.at(-2) as string;
			throw settingError(at, `\`\${${reference}}\` refers to nothing`, 'write `$${` for a literal `${`');
		});
	const visit = (setting: Setting, path: readonly string[]): Setting => {
		if (setting.type === 'list') return {...setting, items: setting.items.map(item => visit(item, path))};
		if (setting.type === 'section') {
			return {
				...setting,
				entries: new Map([...setting.entries].map(([key, value]) => [key, visit(value, [...path, key])])),
			};
		}
		if (setting.value === null || !setting.value.includes('${')) return setting;
		return {...setting, value: resolve(setting.value, setting, path, [JSON.stringify(path)])};
	};
	return visit(root, []) as Section;
}

/** The setting at a path of keys. */
export function lookUp(root: Section, path: readonly string[]): Setting | undefined {
	let at: Setting | undefined = root;
	for (const key of path) at = at?.type === 'section' ? at.entries.get(key) : undefined;
	return at;
}

/** The bare value, as JSON data. Sections become objects without a prototype. */
export function plainValue(setting: Setting): unknown {
	if (setting.type === 'scalar') return setting.value;
	if (setting.type === 'list') return setting.items.map(plainValue);
	return Object.assign(
		Object.create(null),
		Object.fromEntries([...setting.entries].map(([key, value]) => [key, plainValue(value)])),
	);
}
