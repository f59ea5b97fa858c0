export type {Arguments, Command, Context, Option, Style} from './command.ts';
export {type CommandEntry, commands} from './commands/index.ts';
export {commonOptions} from './common-options.ts';
export {run} from './run.ts';
export type {Output, Surroundings} from './surroundings.ts';
export {version} from './version.ts';
