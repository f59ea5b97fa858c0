// Removes what `tsc -b` made: it never deletes, so a module that is gone would still be packed.
import {globSync, rmSync} from 'node:fs';

for (const path of globSync(['packages/*/dist', 'tools/*/dist', 'registry/dist', '**/tsconfig.tsbuildinfo'], {
	exclude: name => name === 'node_modules',
})) {
	rmSync(path, {recursive: true});
}
