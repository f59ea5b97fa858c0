import {crc32} from '@node-rs/crc32';
import {inOrder} from '@orchard/util';

/** What a machine runs at its first boot: its script and the checksum (CRC-32, hexadecimal) that it checks it by. */
export function compose(node) {
	const parts = inOrder(
		[
			{name: 'start', after: ['install'], line: `systemctl start ${node.service}`},
			{name: 'install', after: [], line: `install ${node.service} '${node.versions}'`},
		],
		part => part.after,
	);
	const script = `#!/bin/sh\n${parts.map(part => part.line).join('\n')}\n`;
	return {service: node.service, script, checksum: crc32(script).toString(16).padStart(8, '0')};
}
