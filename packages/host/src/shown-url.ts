/** A URL as it may be shown: no user, no password, no query, no fragment. */
export function shownUrl(url: string): string {
	try {
		const {protocol, host, pathname} = new URL(url);
		return `${protocol}//${host}${pathname}`;
	} catch {
		return 'an invalid URL';
	}
}
