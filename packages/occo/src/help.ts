import type {Command, Option, Style} from './command.ts';
import type {CommandEntry} from './commands/index.ts';
import {commonOptions} from './common-options.ts';

/** The overview that `occo` and `occo --help` print. */
export function overview(commands: readonly CommandEntry[], style: Style): string {
	const shown = commands.filter(({hidden}) => !hidden);
	const widest = Math.max(...shown.map(({name}) => name.length));
	const groups = Map.groupBy(shown, ({group}) => group);
	const blocks = [...groups].map(([group, entries]) =>
		[style.bold(group), ...entries.map(({name, summary}) => `  ${name.padEnd(widest)}  ${summary}`)].join(
			'\n',
		),
	);
	return [
		'occo: many repositories, one delivery',
		'',
		`${style.bold('Usage')}  occo [-C FOLDER] COMMAND [OPTION...]`,
		'',
		blocks.join('\n\n'),
		'',
		'`occo COMMAND --help` tells more, with examples.',
	].join('\n');
}

/** The help page of a command, at most 80 columns wide. */
export function commandHelp(command: Command, style: Style): string {
	const width = Math.min(80, style.columns);
	const {summary, usage, description, options = {}, examples} = command;
	const blocks = [
		wrap(summary, width),
		`${style.bold('Usage')}  occo ${usage}`,
		...(description ?? '').split('\n\n').map(paragraph => wrap(paragraph, width)),
		optionBlock('Options', options, width, style),
		optionBlock('Common options', commonOptions, width, style),
		exampleBlock(examples, style),
	];
	return blocks.filter(block => block !== '').join('\n\n');
}

function exampleBlock(examples: Command['examples'], style: Style): string {
	const lines = examples.flatMap(([line, what]) => [`  ${style.dim(`# ${what}`)}`, `  ${line}`]);
	return lines.length === 0 ? '' : [style.bold('Examples'), ...lines].join('\n');
}

function optionBlock(
	title: string,
	options: Readonly<Record<string, Option>>,
	width: number,
	style: Style,
): string {
	const rows = Object.entries(options).map(([name, option]) => {
		const short = option.short ? `-${option.short}, ` : '    ';
		const flag = `${short}--${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}`;
		const choices = option.choices ? ` (${option.choices.join(', ')})` : '';
		return [flag, option.summary + choices] as const;
	});
	if (rows.length === 0) return '';
	const widest = Math.min(26, Math.max(...rows.map(([flag]) => flag.length)));
	const indent = ' '.repeat(widest + 4);
	return [
		style.bold(title),
		...rows.map(([flag, summary]) => {
			const lines = wrap(summary, width - widest - 4)
				.split('\n')
				.join(`\n${indent}`);
			return flag.length > widest ? `  ${flag}\n${indent}${lines}` : `  ${flag.padEnd(widest)}  ${lines}`;
		}),
	].join('\n');
}

/** Breaks a text between words; what stands in backticks stays whole. */
function wrap(text: string, width: number): string {
	const lines: string[] = [''];
	for (const word of text.trim().match(/(?:`[^`]*`|\S)+/g) ?? []) {
		const line = lines.at(-1) ?? '';
		if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
		else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
	}
	return lines.join('\n');
}
