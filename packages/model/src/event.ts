/**
 * What long work announces. Reporters subscribe; no work knows how it is shown. `task` names the component (or
 * file) that the event is about and is unique among the tasks running at one time.
 */
export type Event =
	/** A phase begins; `total` is the number of tasks, or of bytes with `unit: 'bytes'`, where it is known. */
	| {readonly type: 'phase'; readonly phase: string; readonly total?: number; readonly unit?: 'bytes'}
	| {readonly type: 'task-started'; readonly task: string; readonly detail?: string}
	| {readonly type: 'task-progress'; readonly task: string; readonly detail: string}
	/** One task of the phase is done. */
	| {readonly type: 'task-ended'; readonly task: string; readonly outcome: Outcome; readonly detail?: string}
	/** The phase advanced by `amount` of its unit without a task of its own (files fetched, bytes read). */
	| {readonly type: 'advanced'; readonly amount: number}
	| {readonly type: 'phase-ended'; readonly phase: string; readonly detail?: string}
	| {readonly type: 'note'; readonly message: string}
	| {readonly type: 'warning'; readonly message: string; readonly hint?: string};

/** How a task ended. */
export type Outcome = 'done' | 'unchanged' | 'skipped' | 'failed';
