import type {Output} from '../surroundings.ts';
import type {Reporter} from './reporter.ts';

/** Each event as one line of JSON, for programs that show progress themselves. */
export function jsonReporter(stderr: Output): Reporter {
	return {report: event => stderr.write(`${JSON.stringify(event)}\n`), finish: () => {}};
}
