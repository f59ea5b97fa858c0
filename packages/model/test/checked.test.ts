import test from 'ava';
import fc from 'fast-check';
import {
	checkDistinct,
	checkedPath,
	checkedRevision,
	checkedUrl,
	isOccoError,
	protocols,
} from '../src/index.ts';

const refused = (code: string, work: () => unknown): string | undefined => {
	try {
		work();
	} catch (error) {
		if (isOccoError(error) && error.code === code && error.message.startsWith('`util`')) return error.message;
		throw error;
	}
	return undefined;
};

for (const path of [
	'',
	'.',
	'..',
	'../x',
	'a/../../x',
	'a/..',
	'/abs',
	'//x',
	'~',
	'~/x',
	'C:\\x',
	'c:/x',
	'a\\b',
	'-p',
	'a/-p',
	'a//b',
	'./p',
	'a/./b',
	'a/',
	'a\nb',
	'a\0b',
	'a\u202eb',
	'a\u200bb',
	'\ufeffa',
	'a.',
	'a ',
	'a./b',
	'CON',
	'con.txt',
	'x/NUL',
	'LPT1',
	'.git',
	'.GIT/hooks',
	'.git/hooks',
	'a/.git/hooks/x',
	'a/.GIT/x',
	'git~1',
	'a/GIT~2/x',
	'.git.',
	'.git ',
	'.occo/x',
	'.occo',
	'a:b',
	'.git::$INDEX_ALLOCATION',
	'.g\u200cit/hooks',
	'a\u061cb',
	'a\u3164',
	'\ud800',
	'con .txt',
	'CONIN$',
	'com¹',
	'a?',
	'a*b',
	'x'.repeat(201),
	'x/'.repeat(600),
]) {
	test(`refuses the path ${JSON.stringify(path)}`, t => {
		t.truthy(refused('OCCO_PATH', () => checkedPath(path, '`util`')));
	});
}

for (const path of [
	'util',
	'libs/util',
	'a b',
	'.github',
	'x.git',
	'gitty',
	'Ünïcode',
	'a-b',
	'.config',
	'console',
]) {
	test(`takes the path ${path}`, t => {
		t.is(checkedPath(path, '`util`'), path);
	});
}

test('a path that passes never leaves the workspace', t => {
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.array(fc.constantFrom('..', '.', 'a', '.git', '', '~', '-x')).map(p => p.join('/')),
			),
			path => {
				if (refused('OCCO_PATH', () => checkedPath(path, '`util`'))) return;
				t.false(
					path.startsWith('/') ||
						path.split('/').some(part => ['', '.', '..', '.git'].includes(part.toLowerCase())),
				);
			},
		),
	);
});

for (const [first, second] of [
	['p', 'p'],
	['Lib', 'lib'],
	['caf\u00e9', 'cafe\u0301'],
	['a/B', 'A/b'],
	['straße', 'STRASSE'],
	['ﬁle', 'file'],
] as const) {
	test(`refuses ${JSON.stringify(first)} beside ${JSON.stringify(second)}`, t => {
		const entries = [
			{name: 'one', folder: first},
			{name: 'util', folder: second},
		];
		t.truthy(refused('OCCO_PATH_TWICE', () => checkDistinct(entries)));
	});
}

test('nested folders are legal', t => {
	t.notThrows(() =>
		checkDistinct([
			{name: 'tools', folder: 'tools'},
			{name: 'bsim', folder: 'tools/bsim'},
		]),
	);
});

for (const url of [
	'',
	'--upload-pack=touch PWN',
	'-utouch PWN',
	'ext::sh -c touch% PWN',
	'fd::17',
	'x::y',
	'ssh://-oProxyCommand=touch PWN/x',
	'ssh://-x@h/p',
	'-oX@host:p',
	'-oX:p',
	'https:///host/p',
	'https://h\n.evil/',
	'https://h\u202e/',
	'https://u:token@h/x',
	'https://token@h/x',
	'ssh://u:pw@h/x',
	'u:pw@h:x',
	'ftp://h/x',
	'javascript://x',
	'https://h o/x',
	'https://h%0a/x',
	'host:-x',
	'host:',
	'git@github.com/ORG/x.git',
	'http://[::1',
	'https://@h/x',
	'u:pw@h/x',
	'https://u:to/token@h/x',
	'https://u:a@token@h/x',
	'https://u:a@token@h o/x',
	'https://h/x%0aHost:%20evil',
	'https://h/%00',
	`https://h/${'x'.repeat(3000)}`,
]) {
	test(`refuses the URL ${JSON.stringify(url)} with all protocols allowed`, t => {
		const message = refused('OCCO_URL', () => checkedUrl(url, '`util`', protocols));
		t.truthy(message);
		t.notRegex(message ?? '', /token|:pw@/);
	});
}

for (const url of ['http://h/x', 'git://h/x', 'file:///x', '/srv/x', './x', '../x']) {
	test(`refuses ${url} until its protocol is allowed`, t => {
		t.truthy(refused('OCCO_URL', () => checkedUrl(url, '`util`', ['https', 'ssh'])));
		t.is(checkedUrl(url, '`util`', protocols), url);
	});
}

for (const url of [
	'https://h/x.git',
	'https://h:8443/a/b',
	'ssh://git@h:22/x',
	'git@github.com:o/x.git',
	'h:x',
	'https://[::1]/x',
]) {
	test(`takes ${url}`, t => {
		t.is(checkedUrl(url, '`util`', ['https', 'ssh']), url);
	});
}

test('offers the colon where git@host/path was written', t => {
	const error = t.throws(() => checkedUrl('git@github.com/ORG/x.git', '`util`', ['https', 'ssh']));
	t.is(isOccoError(error) ? error.hint : '', 'did you mean `git@github.com:ORG/x.git`?');
});

for (const name of [
	'',
	'--force',
	'-f',
	'--orphan=x',
	'--upload-pack=x',
	'main:refs/heads/evil',
	'+main',
	'@{-1}',
	'@',
	'HEAD~5',
	'a^',
	'..',
	'a..b',
	'`id`',
	'$(id)',
	'a b',
	'a\nb',
	'.a',
	'a/.b',
	'a.lock',
	'a/',
	'/a',
	'a//b',
	'a.',
	'a?',
	'a*',
	'a[',
	'a\\b',
	'a;b',
	'HEAD',
	'x'.repeat(201),
]) {
	test(`refuses the branch ${JSON.stringify(name)}`, t => {
		t.truthy(refused('OCCO_REVISION', () => checkedRevision('branch', name, '`util`')));
	});
}

test('takes branches, tags and full commits', t => {
	t.deepEqual(checkedRevision('branch', 'feature/x-1', '`util`'), {kind: 'branch', name: 'feature/x-1'});
	t.deepEqual(checkedRevision('tag', 'v1.0.0+build', '`util`'), {kind: 'tag', name: 'v1.0.0+build'});
	t.is(checkedRevision('commit', 'A'.repeat(40), '`util`').name, 'a'.repeat(40));
	t.truthy(refused('OCCO_REVISION', () => checkedRevision('commit', 'abc1234', '`util`')));
	t.truthy(refused('OCCO_REVISION', () => checkedRevision('commit', 'main', '`util`')));
});
