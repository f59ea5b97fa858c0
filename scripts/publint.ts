// Checks every package that is published the way its users will see it.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {publint} from 'publint';
import {formatMessage} from 'publint/utils';

const root = join(import.meta.dirname, '..');
const folders = [...readdirSync(join(root, 'packages')).map(name => `packages/${name}`), 'registry'];
let problems = 0;
for (const folder of folders) {
	const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
	if (manifest.private) continue;
	const {messages, pkg} = await publint({pkgDir: join(root, folder), pack: 'pnpm'});
	for (const message of messages) {
		problems += message.type === 'error' || message.type === 'warning' ? 1 : 0;
		console.log(`${folder}: ${message.type}: ${formatMessage(message, pkg)}`);
	}
}
console.log(`publint: ${folders.length} packages, ${problems} problems`);
process.exitCode = problems > 0 ? 1 : 0;
