import {createHash} from 'node:crypto';

/** Hexadecimal SHA-512 of some bytes. */
export function sha512(bytes: string | Uint8Array): string {
	return createHash('sha512').update(bytes).digest('hex');
}

/** A name-based UUID of version 5 (RFC 9562) in the URL name space. */
export function uuid5(name: string): string {
	const urlSpace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
	const bytes = createHash('sha1').update(urlSpace).update(name).digest().subarray(0, 16);
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	const hex = bytes.toString('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
