import type {Event} from '@occo/model';
import type {Style} from '../command.ts';
import {escapeLine, escapeText} from '../escape.ts';
import {cut, width} from '../style.ts';
import type {Output} from '../surroundings.ts';
import {endedText, warningText} from './event-text.ts';
import type {Reporter} from './reporter.ts';

/** How long after a change the area is drawn again, in ms. */
const soon = 80;

/** How often it is drawn without a change, so that the time goes on, in ms. */
const tick = 1000;

/** The most lines that the area takes, whatever runs. */
const tallest = 12;

interface Phase {
	readonly name: string;
	readonly total: number | undefined;
	readonly bytes: boolean;
	readonly started: number;
	done: number;
}

/** What is running: the phase and a line for each task. */
interface Area {
	phase: Phase | undefined;
	readonly running: Map<string, string>;
}

/** A live area at the bottom of a terminal: one line for each running task and one with the total. */
export function liveReporter(stderr: Output, style: Style): Reporter {
	const area: Area = {phase: undefined, running: new Map()};
	let drawn: readonly string[] = [];
	let timer: NodeJS.Timeout | undefined;
	const erase = (): string => {
		// A terminal that was made narrower has wrapped what was drawn.
		const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / stderr.columns)), 0);
		drawn = [];
		return rows === 0 ? '' : `\u001b[${rows}A\r\u001b[0J`;
	};
	const draw = (): void => {
		clearTimeout(timer);
		const start = erase();
		drawn = areaLines(area, stderr, style);
		stderr.write(start + drawn.map(line => `${line}\n`).join(''));
		timer = drawn.length === 0 ? undefined : setTimeout(() => draw(), tick).unref();
	};
	let pending: NodeJS.Timeout | undefined;
	const report = (event: Event): void => {
		const above = apply(area, event, style);
		if (above !== undefined) stderr.write(erase() + above);
		pending ??= setTimeout(() => {
			pending = undefined;
			draw();
		}, soon).unref();
	};
	const finish = (): void => {
		clearTimeout(timer);
		clearTimeout(pending);
		const end = erase();
		if (end !== '') stderr.write(end);
	};
	return {report, finish};
}

/** Takes an event in; answers what is to stay on the screen above the area. */
function apply(area: Area, event: Event, style: Style): string | undefined {
	switch (event.type) {
		case 'phase':
			area.phase = {
				name: event.phase,
				total: event.total,
				bytes: event.unit === 'bytes',
				started: Date.now(),
				done: 0,
			};
			return undefined;
		case 'task-started':
		case 'task-progress':
			area.running.set(escapeLine(event.task), escapeLine(event.detail ?? ''));
			return undefined;
		case 'task-ended':
			area.running.delete(escapeLine(event.task));
			if (area.phase && !area.phase.bytes) area.phase.done++;
			return event.outcome === 'failed' ? endedText(event, style) : undefined;
		case 'advanced':
			if (area.phase) area.phase.done += event.amount;
			return undefined;
		case 'phase-ended':
			area.phase = undefined;
			area.running.clear();
			return event.detail ? `${event.phase}: ${escapeText(event.detail)}\n` : undefined;
		case 'note':
			return `${escapeText(event.message)}\n`;
		case 'warning':
			return warningText(event, style);
	}
}

function areaLines({phase, running}: Area, {columns, rows}: Output, style: Style): string[] {
	const room = Math.max(20, columns - 1);
	const height = Math.max(2, Math.min(tallest, rows - 2));
	const tasks = [...running].slice(0, height - 1);
	const widest = Math.min(30, Math.max(0, ...tasks.map(([task]) => width(task))));
	const lines = tasks.map(([task, detail]) => {
		const name = cut(task, widest);
		return style.dim(cut(`  ${name}${' '.repeat(widest - width(name))}  ${detail}`.trimEnd(), room));
	});
	const more = running.size - tasks.length;
	if (phase) lines.push(cut(totalText(phase) + (more > 0 ? `, ${more} more running` : ''), room));
	return lines;
}

function totalText({name, total, bytes, done, started}: Phase): string {
	const amount = (value: number): string => (bytes ? `${(value / 1e6).toFixed(1)} MB` : String(value));
	const seconds = Math.floor((Date.now() - started) / 1000);
	const count = total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`;
	return `${name}: ${count}${seconds > 0 ? `, ${seconds} s` : ''}`;
}
