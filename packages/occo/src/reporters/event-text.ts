import type {Event, Outcome} from '@occo/model';
import type {Style} from '../command.ts';
import {escapeLine, escapeText} from '../escape.ts';

/** How an outcome is marked, readable without colour. */
function mark(outcome: Outcome, style: Style): string {
	if (outcome === 'failed') return style.bad('✘');
	if (outcome === 'skipped') return style.warn('-');
	return outcome === 'unchanged' ? style.dim('=') : style.good('✔');
}

/** The line of a task that ended. */
export function endedText(event: Event & {type: 'task-ended'}, style: Style): string {
	const detail = event.detail ? ` ${style.dim(escapeLine(event.detail))}` : '';
	return `${mark(event.outcome, style)} ${escapeLine(event.task)}${detail}\n`;
}

/** A warning as its lines. */
export function warningText(event: Event & {type: 'warning'}, style: Style): string {
	const hint = event.hint ? `\n${style.warn('hint:')} ${escapeText(event.hint)}` : '';
	return `${style.warn('warning:')} ${escapeText(event.message)}${hint}\n`;
}
