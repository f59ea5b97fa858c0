import type {Event} from '@occo/model';
import type {Arguments} from '../command.ts';
import {styleOf} from '../style.ts';
import type {Output, Surroundings} from '../surroundings.ts';

/** A reporter: what is announced goes to `report`; `finish` clears what is on the screen. */
export interface Reporter {
	readonly report: (event: Event) => void;
	readonly finish: () => void;
}

/** The reporter that the options ask for; by itself a live area on a terminal and plain lines elsewhere. */
export async function startReporter(
	surroundings: Surroundings,
	options: Arguments['options'],
): Promise<Reporter> {
	const {stderr, env} = surroundings;
	const style = styleOf(surroundings, stderr);
	switch (how(options, stderr, env)) {
		case 'json':
			return (await import('./json.ts')).jsonReporter(stderr);
		case 'none':
			return (await import('./quiet.ts')).quietReporter(stderr, style);
		case 'live':
			return (await import('./live.ts')).liveReporter(stderr, style);
		default:
			return (await import('./lines.ts')).lineReporter(stderr, style);
	}
}

function how(options: Arguments['options'], stderr: Output, env: Surroundings['env']): string {
	if (options.quiet) return 'none';
	if (options.progress !== undefined && options.progress !== 'auto') return String(options.progress);
	return stderr.isTerminal && env.TERM !== 'dumb' ? 'live' : 'lines';
}
