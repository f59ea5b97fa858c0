import type {Readable} from 'node:stream';

/** A request to a server. Credentials come in `headers` only, never in the URL. */
export interface HttpRequest {
	readonly method?: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array | Readable;
	/** Milliseconds without a byte before the request is given up; default 60 000. */
	readonly inactivity?: number;
	/** How often a connection fault or a 5xx or 429 is tried again, with back-off; default 2, and 0 for POST and a stream body. */
	readonly retries?: number;
	/** Whether redirects are followed (credentials never go to another host); default true for GET and HEAD only. */
	readonly redirects?: boolean;
	/** Certificates (PEM) of authorities to trust beside Node's own. */
	readonly ca?: string;
	/** Bytes of a whole answer before it is given up; default 512 MiB. Not for streams. */
	readonly largest?: number;
}

/** A whole answer. Any status is an answer; only a failed connection throws. */
export interface HttpResponse {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Buffer;
}

/**
 * An answer whose body is still to be read, or destroyed. The bytes are those that were sent, with no content coding
 * taken off. A body that breaks off or falls silent fails with `OCCO_NETWORK`.
 */
export interface HttpStream {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Readable;
}

/**
 * HTTP, by got, loaded at the first call. Connections are kept alive and shared, at most 16 a host, and go through the
 * environment's proxy (Node >= 22.21 or >= 24.5), but never to this machine itself. A connection that fails throws `OCCO_NETWORK` that names the URL without credentials, and the reason in words.
 */
export interface Http {
	request(request: HttpRequest): Promise<HttpResponse>;
	stream(request: HttpRequest): Promise<HttpStream>;
	/** Closes idle connections so that the process can end. */
	close(): void;
}
