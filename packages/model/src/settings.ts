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

/** A component follows one revision: whichever layer names one replaces what lower layers name. */
const revisionKeys: ReadonlySet<string> = new Set(['branch', 'tag', 'commit']);

/**
 * Lays one section over another: sections merge, other values replace, `key+:` appends to a list (or adds to a
 * section), `key-:` removes the key, the listed items or the listed keys. A bare key leaves the lower value as it is.
 */
export function overlay(base: Section, over: Section): Section {
	return merged(base, over, [], false);
}

/** `keep`: a removal stays in the result, for the base that a component is laid over later. */
function merged(base: Section, over: Section, path: readonly string[], keep: boolean): Section {
	const entries = new Map(base.entries);
	if (isComponent(path) && namesRevision(over)) for (const key of revisionKeys) entries.delete(key);
	for (const [written, value] of over.entries) {
		const key = plainKey(written);
		const below = entries.get(key);
		const inner = [...path, key];
		if (written.endsWith('-')) {
			removeFrom(entries, key, below, value);
			entries.delete(written);
			if (keep) entries.set(written, value);
		} else if (value.type === 'section') {
			const start = below?.type === 'section' ? below : empty(value.origin);
			entries.set(key, merged(start, value, inner, isComponent(inner)));
		} else if (written.endsWith('+')) entries.set(key, appended(below, value));
		else if (!isBare(value) || below === undefined) entries.set(key, value);
	}
	return {...base, entries};
}

const isComponent = (path: readonly string[]): boolean => path.length === 2 && path[0] === 'components';

const isBare = (value: Setting): boolean => value.type === 'scalar' && value.value === null;

function namesRevision({entries}: Section): boolean {
	return [...entries].some(([key, value]) => revisionKeys.has(key) && !isBare(value));
}

const empty = (origin: Origin): Section => ({type: 'section', entries: new Map(), origin});

const itemsOf = (setting: Setting): readonly Setting[] =>
	setting.type === 'list'
		? setting.items
		: setting.type === 'scalar' && setting.value === null
			? []
			: [setting];

function appended(below: Setting | undefined, value: Scalar | List): Setting {
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
	const star = components.entries.get('*');
	// Removals in the base have nothing to remove.
	const base = star?.type === 'section' ? overlay(empty(star.origin), star) : undefined;
	const expand = (name: string, via: readonly string[]): Section => {
		const setting = components.entries.get(name) as Setting;
		const own = setting.type === 'section' ? setting : empty(setting.origin);
		const like = own.entries.get('like');
		let below: Section = base !== undefined && name !== '*' ? base : empty(own.origin);
		if (like?.type === 'scalar' && like.value !== null) {
			if (!components.entries.has(like.value))
				throw settingError(like, `\`like: ${like.value}\`: there is no such component`);
			if (via.includes(like.value))
				throw settingError(like, `\`like\` goes round in a circle: ${[...via, like.value].join(' -> ')}`);
			below = merged(below, expand(like.value, [...via, like.value]), ['components', name], false);
		}
		const whole = merged(below, own, ['components', name], false);
		return {
			...whole,
			origin: own.origin,
			entries: new Map([...whole.entries].filter(([key]) => key !== 'like')),
		};
	};
	const names = [...components.entries.keys()].filter(name => name !== '*');
	return {...components, entries: new Map(names.map(name => [name, expand(name, [name])]))};
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
