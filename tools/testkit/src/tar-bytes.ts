/** One entry of a tar archive, made by hand so that it can also be wrong. */
export interface TarLiteral {
	/** At most 100 bytes. */
	readonly name: string;
	readonly content?: string | Uint8Array;
	/** ustar's type flag: `0` file (default), `1` hard link, `2` symbolic link, `3` character device, `5` directory ... */
	readonly type?: string;
	/** A link's target. */
	readonly target?: string;
	/** Default 644. */
	readonly mode?: number;
	/** What the header claims; default: the truth. */
	readonly size?: number;
}

/** An uncompressed tar archive in ustar's format. */
export function tarBytes(entries: readonly TarLiteral[]): Buffer {
	return Buffer.concat([...entries.flatMap(blocks), Buffer.alloc(1024)]);
}

function blocks(literal: TarLiteral): Buffer[] {
	const content = Buffer.from(literal.content ?? '');
	const {name, type = '0', target = '', mode = 0o644, size = content.length} = literal;
	const header = Buffer.alloc(512);
	const octal = (value: number, at: number, digits: number): void =>
		void header.write(`${value.toString(8).padStart(digits, '0')}\0`, at);
	header.write(name, 0, 100);
	octal(mode, 100, 7);
	octal(0, 108, 7);
	octal(0, 116, 7);
	octal(size, 124, 11);
	octal(0, 136, 11);
	header.write('        ', 148);
	header.write(type, 156);
	header.write(target, 157, 100);
	header.write('ustar\u000000', 257, 'latin1');
	octal(
		header.reduce((sum, byte) => sum + byte, 0),
		148,
		6,
	);
	header.write(' ', 155);
	return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
