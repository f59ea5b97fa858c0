import {parseArgs} from 'node:util';
import {didYouMean, OccoError, quoted} from '@occo/model';
import type {Arguments, Command, Option} from './command.ts';
import {commonOptions} from './common-options.ts';

/** Parses a command's arguments strictly; throws `OCCO_USAGE` with the nearest known option. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
	const options = {...commonOptions, ...command.options};
	const config = Object.fromEntries(
		Object.entries(options).map(([name, {type, short, multiple}]) => [
			name,
			{type, ...(short ? {short} : {}), ...(multiple ? {multiple} : {})},
		]),
	);
	try {
		const {values, positionals} = parseArgs({
			args: [...argv],
			options: config,
			strict: true,
			allowPositionals: true,
		});
		for (const [name, value] of Object.entries(values)) checkChoices(command, name, options[name], value);
		refuseExtra(command, positionals);
		return {positionals, options: values as Arguments['options']};
	} catch (error) {
		throw usageError(command, error, Object.keys(options));
	}
}

/** A command whose usage line names nothing but options takes no arguments. */
function refuseExtra(command: Command, [first]: readonly string[]): void {
	const rest = command.usage.slice(command.name.length).replace(/\[(--[^\]]*|OPTION\.\.\.)\]/g, '');
	if (first === undefined || rest.trim() !== '') return;
	throw new OccoError('OCCO_USAGE', `\`occo ${command.name}\` takes no arguments, but got ${quoted(first)}`, {
		hint: helpHint(command),
	});
}

function checkChoices(command: Command, name: string, option: Option | undefined, value: unknown): void {
	if (option?.choices === undefined) return;
	for (const one of Array.isArray(value) ? value : [value]) {
		if (typeof one !== 'string' || option.choices.includes(one)) continue;
		throw new OccoError('OCCO_USAGE', `\`--${name} ${one}\`: not one of ${option.choices.join(', ')}`, {
			hint: didYouMean(one, option.choices) ?? helpHint(command),
		});
	}
}

const helpHint = (command: Command): string => `see \`occo ${command.name} --help\``;

function usageError(command: Command, error: unknown, known: readonly string[]): unknown {
	const {code = '', message = ''} = error as {code?: string; message?: string};
	if (!code.startsWith('ERR_PARSE_ARGS')) return error;
	const word = /'(--?[^'\s=]*)/.exec(message)?.[1] ?? '';
	if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
		const near = didYouMean(word.replace(/^-+/, ''), known)?.replace('`', '`--');
		return new OccoError('OCCO_USAGE', `unknown option ${quoted(word)}`, {hint: near ?? helpHint(command)});
	}
	const said = message.split('\n')[0]?.replace(/\.$/, '').replaceAll("'", '`') ?? message;
	return new OccoError('OCCO_USAGE', `${said.charAt(0).toLowerCase()}${said.slice(1)}`, {
		hint: helpHint(command),
	});
}

/** A whole number of an option, at least 1. */
export function wholeNumber(text: unknown, name: string): number | undefined {
	if (text === undefined) return undefined;
	const number = Number(text);
	if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
	throw new OccoError('OCCO_USAGE', `\`--${name} ${String(text)}\`: a whole number from 1 is needed`);
}
