// biome-ignore lint/style/noDefaultExport: Verdaccio takes a plugin's default export
export {OccoPlugin as default} from './plugin.ts';
