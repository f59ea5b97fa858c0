import type {WheelhouseIndex} from '@occo/model';

/** `LICENSES.md`: what is in the wheelhouse under which licence, the most used first. */
export function licencesText(index: WheelhouseIndex): string {
	const groups = new Map<string, Set<string>>();
	for (const {licence = 'not stated', name, version} of index.artifacts) {
		const group = groups.get(oneLine(licence)) ?? new Set();
		group.add(`${name}@${version}`);
		groups.set(oneLine(licence), group);
	}
	const sorted = [...groups].sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1));
	const lines = [`# Licences in ${index.package} ${index.version}`, ''];
	for (const [licence, packages] of sorted) {
		lines.push(`## ${licence} (${packages.size})`, '');
		lines.push(...[...packages].sort().map(name => `- ${name}`), '');
	}
	return lines.join('\n');
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim().slice(0, 200) || 'not stated';
}
