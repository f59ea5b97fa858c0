import {PassThrough} from 'node:stream';
import type {Command, Finished, Host, HttpRequest, HttpResponse} from '@occo/host';
import {type Event, OccoError} from '@occo/model';
import type {FileTree} from './file-tree.ts';
import {memoryFiles} from './memory-files.ts';

/** How a {@link fakeHost} answers. */
export interface FakeHostOptions {
	/** By absolute path. */
	readonly files?: FileTree;
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** How a child ends, by default with code 0 and no output; `undefined` is a missing program. */
	readonly run?: (command: Command) => Partial<Finished> | undefined;
	/** What a server answers; by default nothing can be reached. */
	readonly http?: (request: HttpRequest) => Partial<HttpResponse> | undefined;
	readonly signal?: AbortSignal;
	/** Replaces parts of the host. */
	readonly overrides?: Partial<Host>;
}

/** A host that touches nothing, and what was asked of it. */
export interface FakeHost extends Host {
	readonly runs: readonly Command[];
	readonly requests: readonly HttpRequest[];
	readonly events: readonly Event[];
}

/** A machine in memory: Linux on x64 with glibc, cwd `/workspace`, time stands still at 2024-01-01T00:00:00Z. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
	const {files = {}, env = {}, run = () => ({}), http = () => undefined, overrides = {}} = options;
	const runs: Command[] = [];
	const requests: HttpRequest[] = [];
	const events: Event[] = [];
	const request = async (asked: HttpRequest): Promise<HttpResponse> => {
		requests.push(asked);
		const answer = http(asked);
		if (answer !== undefined) return {status: 200, headers: {}, body: Buffer.alloc(0), ...answer};
		throw new OccoError('OCCO_NETWORK', `${asked.url}: connection refused`, {kind: 'world'});
	};
	return {
		cwd: '/workspace',
		env,
		platform: {os: 'linux', cpu: 'x64', libc: 'glibc'},
		folders: {cache: '/user/cache', config: '/user/config', data: '/user/data', state: '/user/state'},
		files: memoryFiles(files),
		http: {
			request,
			stream: async asked => {
				const {body, ...head} = await request(asked);
				return {...head, body: new PassThrough().end(body)};
			},
			close: () => {},
		},
		signal: options.signal ?? new AbortController().signal,
		run: async command => {
			runs.push(command);
			const finished = run(command);
			if (finished !== undefined) return {code: 0, stdout: '', stderr: '', timedOut: false, ...finished};
			throw new OccoError('OCCO_TOOL_MISSING', `cannot run \`${command.program}\``, {kind: 'world'});
		},
		which: async program => `/usr/bin/${program}`,
		serve: async () => {
			throw new Error('a fake host serves nothing: use a real one');
		},
		nodePath: '/usr/bin/node',
		processId: 1,
		isRunning: processId => processId === 1,
		now: () => new Date('2024-01-01T00:00:00Z'),
		report: event => void events.push(event),
		...overrides,
		runs,
		requests,
		events,
	};
}
