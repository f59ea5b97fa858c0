import {OccoError} from '@occo/model';
import {shownUrl} from './shown-url.ts';

/** What a failed request leaves: Node's or got's code, and for a timeout which of its phases took too long. */
interface Fault {
	readonly code?: string;
	readonly event?: string;
	readonly message?: string;
}

const cut = 'the connection was cut';
const untrusted = 'its certificate is not trusted here';
const missing = 'host not found';

const reasons: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'connection refused',
	ECONNRESET: cut,
	EPIPE: cut,
	ERR_READING_RESPONSE_STREAM: cut,
	ERR_STREAM_PREMATURE_CLOSE: cut,
	ERR_HTTP_CONTENT_LENGTH_MISMATCH: cut,
	ENOTFOUND: missing,
	EAI_AGAIN: `${missing} (the name service does not answer)`,
	EHOSTUNREACH: 'host unreachable',
	ENETUNREACH: 'network unreachable',
	ETIMEDOUT: 'no answer in time',
	ERR_INVALID_URL: 'not a URL',
	ERR_UNSUPPORTED_PROTOCOL: 'neither http nor https',
	ERR_TOO_MANY_REDIRECTS: 'it redirects too often',
	EPROTO: 'it does not speak TLS as expected',
	CERT_HAS_EXPIRED: 'its certificate has expired',
	ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
	SELF_SIGNED_CERT_IN_CHAIN: untrusted,
	DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
};

/** Faults of a connection that may be gone a moment later. */
const passing = new Set([
	'ECONNREFUSED',
	'ECONNRESET',
	'EPIPE',
	'ERR_READING_RESPONSE_STREAM',
	'ERR_STREAM_PREMATURE_CLOSE',
	'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
	'ETIMEDOUT',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
]);

/** Whether the same request may succeed a moment later. */
export function isPassing(error: unknown): boolean {
	return passing.has((error as Fault).code ?? '');
}

/** What a user is told of a failed request: the URL without credentials and the reason in words. */
export function networkError(error: unknown, url: string, inactivity: number): OccoError {
	const reason = reasonOf(error as Fault, inactivity);
	return new OccoError('OCCO_NETWORK', `${shownUrl(url)}: ${reason}`, {
		kind: 'world',
		cause: error,
		...(reason === untrusted
			? {hint: 'name the file of its authority in NODE_EXTRA_CA_CERTS, or as `cafile` in .npmrc'}
			: {}),
	});
}

function reasonOf({code = '', event, message}: Fault, inactivity: number): string {
	if (code === 'ETIMEDOUT' && event === 'socket') return `no answer for ${inactivity / 1000} s`;
	if (code === 'ETIMEDOUT' && event !== undefined) return 'no connection in time';
	return reasons[code] ?? message ?? 'failed';
}
