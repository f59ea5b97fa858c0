import {hasInvisible, quoted} from './checked-path.ts';
import type {Revision} from './component.ts';
import {OccoError, type Place} from './error.ts';

const fullName = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;

/** What git-check-ref-format(1) refuses in a branch or tag name, and what could be read as an option or refspec. */
function reason(name: string): string | undefined {
	if (name === '') return 'it is empty';
	if (hasInvisible(name)) return 'it holds an invisible character';
	if (name.startsWith('-')) return 'it starts with `-`';
	if (name.length > 200) return 'it is too long';
	if (name === 'HEAD') return 'it means something else in every repository';
	if (name === '@' || name.includes('@{')) return 'it is a reflog expression';
	if (/[ ~^:?*[\\]/.test(name) || name.includes('..')) return 'git does not allow its characters in a name';
	if (/[`$;|&<>'"!]/.test(name)) return 'it holds characters that a shell would act on';
	if (name.startsWith('+')) return 'it is a refspec';
	if (/(^|\/)(\.|\/|$)|\.lock(\/|$)|\.$/.test(name) || name.startsWith('/'))
		return 'git does not allow such a name';
	return undefined;
}

/**
 * Checks a wanted revision. A commit must be a full object name (40 or 64 hexadecimal digits); a branch or tag must
 * pass git-check-ref-format(1). Throws `OCCO_REVISION` naming `what` and the reason.
 */
export function checkedRevision(kind: Revision['kind'], name: string, what: string, place?: Place): Revision {
	const refuse = (why: string, hint?: string): never => {
		throw new OccoError('OCCO_REVISION', `${what}: the ${kind} ${quoted(name)} is refused: ${why}`, {
			...(place ? {place} : {}),
			...(hint ? {hint} : {}),
		});
	};
	if (kind === 'commit') {
		if (!fullName.test(name))
			refuse('it is not a full commit id', 'write all 40 digits, as `git rev-parse HEAD` prints them');
		return {kind, name: name.toLowerCase()};
	}
	const wrong = reason(name);
	if (wrong !== undefined) refuse(wrong);
	return {kind, name};
}
