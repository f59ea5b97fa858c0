import type {Option} from './command.ts';

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, Option>> = {
	json: {type: 'boolean', summary: 'Print the answer as one JSON document'},
	jobs: {
		type: 'string',
		short: 'j',
		value: 'N',
		summary: 'How many things run at once (default: at most 8)',
	},
	quiet: {type: 'boolean', short: 'q', summary: 'No progress, only warnings and errors'},
	progress: {
		type: 'string',
		value: 'HOW',
		summary: 'How progress is shown on standard error: `json` is one event a line',
		choices: ['auto', 'lines', 'json', 'none'],
	},
	color: {type: 'boolean', summary: 'Colours, also where the output is no terminal'},
	'no-color': {type: 'boolean', summary: 'No colours; `NO_COLOR` does the same'},
	help: {type: 'boolean', short: 'h', summary: 'Show this help'},
};
