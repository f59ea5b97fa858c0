import {lookUp, type Scalar, type Section, type Setting, settingError} from './settings.ts';

/** No text that a configuration needs is longer: references that double each other end here. */
const longest = 8192;

/**
 * Replaces `${a.b}` (from the root), `${.x}` (from the section it stands in; `${.name}` is the section's own key) and
 * `$${` (a literal `${`). Throws at unknown references and at loops, with the place.
 */
export function interpolate(root: Section): Section {
	return new Interpolation(root).visit(root, []) as Section;
}

class Interpolation {
	readonly #root: Section;
	/** Texts by the path of the scalar they stand in: what many refer to is resolved once. */
	readonly #known = new Map<string, string>();
	readonly #busy = new Set<string>();

	constructor(root: Section) {
		this.#root = root;
	}

	visit(setting: Setting, path: readonly string[]): Setting {
		if (setting.type === 'list') {
			return {...setting, items: setting.items.map((item, index) => this.visit(item, [...path, `${index}`]))};
		}
		if (setting.type === 'section') {
			const entries = [...setting.entries].map(
				([key, value]) => [key, this.visit(value, [...path, key])] as const,
			);
			return {...setting, entries: new Map(entries)};
		}
		if (setting.value === null || !setting.value.includes('${')) return setting;
		return {...setting, value: this.#text(setting, setting.value, path)};
	}

	#text(at: Scalar, text: string, path: readonly string[]): string {
		const id = JSON.stringify(path);
		const known = this.#known.get(id);
		if (known !== undefined) return known;
		if (this.#busy.has(id)) throw settingError(at, `\`${text}\` refers to itself`);
		this.#busy.add(id);
		const whole = text.replace(/\$\$\{|\$\{([^}]*)\}|\$\{/g, (match, reference: string | undefined) => {
			if (match === '$${') return '${';
			if (reference !== undefined) return this.#referred(at, reference, path);
			throw settingError(at, `\`${text}\`: \`\${\` is not closed`, 'write `$${` for a literal `${`');
		});
		this.#busy.delete(id);
		if (whole.length > longest) throw settingError(at, `longer than ${longest} characters`);
		this.#known.set(id, whole);
		return whole;
	}

	#referred(at: Scalar, reference: string, path: readonly string[]): string {
		const target = reference.startsWith('.')
			? [...path.slice(0, -1), ...reference.slice(1).split('.')]
			: reference.split('.');
		const found = lookUp(this.#root, target);
		if (found?.type === 'scalar' && found.value !== null) return this.#text(found, found.value, target);
		if (reference === '.name' && path.length > 1) return path.at(-2) as string;
		throw settingError(at, `\`\${${reference}}\` refers to nothing`, 'write `$${` for a literal `${`');
	}
}
