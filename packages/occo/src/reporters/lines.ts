import type {Event} from '@occo/model';
import type {Style} from '../command.ts';
import {escapeText} from '../escape.ts';
import type {Output} from '../surroundings.ts';
import {endedText, warningText} from './event-text.ts';
import type {Reporter} from './reporter.ts';

/** Plain lines where there is no terminal: one for each task that did something, nothing that moves. */
export function lineReporter(stderr: Output, style: Style): Reporter {
	const report = (event: Event): void => {
		if (event.type === 'task-ended') {
			if (event.outcome !== 'unchanged') stderr.write(endedText(event, style));
		} else if (event.type === 'phase-ended') {
			if (event.detail) stderr.write(`${event.phase}: ${escapeText(event.detail)}\n`);
		} else if (event.type === 'note') stderr.write(`${escapeText(event.message)}\n`);
		else if (event.type === 'warning') stderr.write(warningText(event, style));
	};
	return {report, finish: () => {}};
}
