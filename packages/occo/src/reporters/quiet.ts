import type {Style} from '../command.ts';
import type {Output} from '../surroundings.ts';
import {warningText} from './event-text.ts';
import type {Reporter} from './reporter.ts';

/** Shows warnings only. */
export function quietReporter(stderr: Output, style: Style): Reporter {
	return {
		report: event => {
			if (event.type === 'warning') stderr.write(warningText(event, style));
		},
		finish: () => {},
	};
}
