import {resolve} from 'node:path';
import type {ClientKind, RegistryStatus} from '@occo/registry';
import type {Arguments, Command, Context, Style} from '../command.ts';
import {escapeText} from '../escape.ts';

/** The answer of `occo registry`: of `start`, `status` and `stop` the status, of the others what they print. */
export type RegistryAnswer =
	| (RegistryStatus & {readonly action: 'start' | 'status' | 'stop'})
	| {readonly action: 'token'; readonly token: string}
	| {readonly action: 'env'; readonly configuration: string}
	| {readonly action: 'user'; readonly name: string; readonly outcome: 'added' | 'changed'};

type Registry = typeof import('@occo/registry');

const actions = ['start', 'stop', 'status', 'token', 'user', 'env'] as const;

/** `occo registry`: the embedded private registry. */
export const registry: Command<RegistryAnswer> = {
	name: 'registry',
	summary: 'Run the embedded private registry',
	usage: 'registry start|stop|status|token|user add NAME|env',
	description:
		'`start` stays in the foreground until Ctrl-C; with `--detach` it returns when the registry answers. The first start creates the publisher `occo`, whose token `occo upload` on this machine finds by itself; `token` prints it. `user add` reads a password from the terminal or from standard input. `env` prints client configuration.',
	options: {
		storage: {
			type: 'string',
			value: 'DIR',
			summary: 'Where it keeps everything; default: the user’s data folder',
		},
		host: {type: 'string', value: 'ADDRESS', summary: 'start: the address to listen on; default 127.0.0.1'},
		port: {type: 'string', value: 'PORT', summary: 'start: default 4873; 0 for any free one'},
		detach: {type: 'boolean', summary: 'start: return when it answers'},
		npmrc: {type: 'boolean', summary: 'env: an .npmrc (the default)'},
		shell: {type: 'boolean', summary: 'env: variables for a shell'},
		'with-token': {type: 'boolean', summary: 'env: with the publisher’s token'},
	},
	examples: [
		['occo registry start --detach', 'start it on 127.0.0.1:4873'],
		['occo registry status --json', 'its addresses as data'],
		['occo registry env --npmrc > .npmrc', 'make npm, pnpm and yarn use it here'],
		['occo registry user add ada < password.txt', 'add a user who may publish'],
	],
	completes: actions,
	async run(context, {positionals, options}) {
		const module = await import('@occo/registry');
		const [action, ...rest] = positionals;
		const storage =
			typeof options.storage === 'string'
				? resolve(context.host.cwd, options.storage)
				: module.defaultStorage(context.host);
		if (action === 'user') return addUser(context, module, storage, rest);
		if (rest.length > 0)
			throw await usage(`\`${action}\` takes no further argument`, '`occo registry --help`');
		switch (action) {
			case 'start':
				return start(context, module, storage, options);
			case 'stop':
				return stop(context, module, storage);
			case 'status':
				return {...(await module.registryStatus(context.host, storage)), action};
			case 'token':
				return {action, token: await module.publisherToken(context.host, storage)};
			case 'env':
				return {action, configuration: await configuration(context, module, storage, options)};
			default:
				throw await unknownAction(action);
		}
	},
	print(answer, style) {
		switch (answer.action) {
			case 'token':
				return answer.token;
			case 'env':
				return answer.configuration;
			case 'user':
				return `user ${style.bold(escapeText(answer.name))} ${answer.outcome}`;
			case 'stop':
				return answer.pid === null ? 'no registry runs here' : 'stopped';
			case 'start':
			case 'status':
				return statusText(answer, style);
		}
	},
	failed: answer => answer.action === 'status' && !answer.healthy,
};

function statusText({url, pid, storage, healthy}: RegistryStatus, style: Style): string {
	const where = style.dim(`storage ${escapeText(storage)}`);
	if (url === null) return `${style.bad('not running')}  ${where}`;
	return `${healthy ? style.good('running') : style.bad('does not answer')}  ${style.bold(url)}  process ${pid}  ${where}`;
}

async function start(
	{host}: Context,
	module: Registry,
	storage: string,
	options: Arguments['options'],
): Promise<RegistryAnswer> {
	const port = await portOf(options.port);
	const running = await module.startRegistry(host, {
		storage,
		...(typeof options.host === 'string' ? {host: options.host} : {}),
		...(port === undefined ? {} : {port}),
	});
	if (options.detach) {
		await running.detach();
		return {...running.status, action: 'start'};
	}
	host.report({type: 'note', message: `the registry runs at ${running.status.url}; Ctrl-C ends it`});
	const stopping = (): void => void running.stop();
	host.signal.addEventListener('abort', stopping);
	if (host.signal.aborted) stopping();
	const code = await running.ended;
	const {OccoError} = await import('@occo/model');
	if (code !== 0) {
		throw new OccoError('OCCO_REGISTRY', `the registry ended with code ${code}`, {
			kind: 'world',
			hint: `see \`${storage}/registry.log\``,
		});
	}
	return {...running.status, healthy: false, url: null, npm: null, pid: null, action: 'stop'};
}

async function portOf(value: Arguments['options'][string]): Promise<number | undefined> {
	if (value === undefined) return undefined;
	const port = Number(value);
	if (typeof value === 'string' && /^\d{1,5}$/.test(value) && port < 65_536) return port;
	throw await usage(
		`\`--port ${String(value)}\`: a number from 0 to 65535 is needed`,
		'0 takes any free one',
	);
}

async function stop({host}: Context, module: Registry, storage: string): Promise<RegistryAnswer> {
	const stopped = await module.stopRegistry(host, storage);
	const status = await module.registryStatus(host, storage);
	return {...status, pid: stopped?.pid ?? null, action: 'stop'};
}

async function configuration(
	{host}: Context,
	module: Registry,
	storage: string,
	options: Arguments['options'],
): Promise<string> {
	const {url} = await module.registryStatus(host, storage);
	if (url === null) throw await notRunning(storage);
	const kind: ClientKind = options.shell && !options.npmrc ? 'shell' : 'npmrc';
	const token = options['with-token'] ? await module.publisherToken(host, storage) : undefined;
	return module.clientConfiguration(kind, url, token);
}

async function addUser(
	{host, interactive}: Context,
	module: Registry,
	storage: string,
	words: readonly string[],
): Promise<RegistryAnswer> {
	const [verb, name, ...rest] = words;
	if (verb !== 'add' || name === undefined || rest.length > 0) {
		throw await usage(
			'a user is added by `occo registry user add NAME`',
			'the password is asked for, or read from standard input',
		);
	}
	const password = await module.readPassword(`password for ${name}: `, interactive);
	return {action: 'user', name, outcome: await module.addUser(host, {name, password}, storage)};
}

async function notRunning(storage: string): Promise<Error> {
	const {OccoError} = await import('@occo/model');
	return new OccoError('OCCO_REGISTRY', `no registry runs on \`${storage}\``, {
		kind: 'no',
		hint: '`occo registry start --detach` starts it',
	});
}

async function unknownAction(action: string | undefined): Promise<Error> {
	const {didYouMean} = await import('@occo/model');
	const hint = action === undefined ? undefined : didYouMean(action, actions);
	const what = action === undefined ? 'what shall the registry do?' : `unknown action \`${action}\``;
	return usage(what, hint ?? 'start, stop, status, token, user add NAME or env');
}

async function usage(message: string, hint: string): Promise<Error> {
	const {OccoError} = await import('@occo/model');
	return new OccoError('OCCO_USAGE', message, {hint});
}
