import {existsSync, readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {Event} from '@occo/model';
import type {Folders, Host} from './host.ts';
import {nodeFiles} from './node-files.ts';
import {nodeHttp} from './node-http.ts';
import {runProcess, which} from './node-process.ts';

/** The real machine. `report` receives progress; `signal` is aborted by Ctrl-C. */
export function nodeHost(options: {
	cwd: string;
	env: Readonly<Record<string, string | undefined>>;
	report?: (event: Event) => void;
	signal?: AbortSignal;
}): Host {
	const {cwd, env, report = () => {}, signal = new AbortController().signal} = options;
	return {
		cwd,
		env,
		signal,
		platform: {os: process.platform, cpu: process.arch, libc: libc()},
		folders: folders(env),
		files: nodeFiles,
		http: nodeHttp({signal, env, userAgent: 'occo'}),
		run: command => runProcess(command, {env, signal}),
		which: program => which(program, env),
		serve: async handler => (await import('./node-server.ts')).serveLoopback(handler),
		now: () => new Date(),
		nodePath: process.execPath,
		processId: process.pid,
		isRunning,
		report: event => {
			try {
				report(event);
			} catch {
				// progress is never worth failing for
			}
		},
	};
}

/** XDG base directories, each with `occo` appended; `OCCO_CACHE` names the cache folder itself. */
function folders(env: Readonly<Record<string, string | undefined>>): Folders {
	const home = env.HOME || homedir();
	const base = (name: string, fallback: string): string => {
		const value = env[name];
		// The XDG specification says that relative paths are to be ignored.
		return join(value?.startsWith('/') ? value : join(home, fallback), 'occo');
	};
	return {
		cache: env.OCCO_CACHE || base('XDG_CACHE_HOME', '.cache'),
		config: base('XDG_CONFIG_HOME', '.config'),
		data: base('XDG_DATA_HOME', '.local/share'),
		state: base('XDG_STATE_HOME', '.local/state'),
	};
}

function isRunning(processId: number): boolean {
	try {
		process.kill(processId, 0);
		return true;
	} catch (error) {
		// It exists but belongs to somebody else.
		return (error as {code?: string}).code === 'EPERM';
	}
}

/** As detect-libc does it, without a child: `ldd` is a script that names its library. */
function libc(): 'glibc' | 'musl' | undefined {
	if (process.platform !== 'linux') return undefined;
	try {
		const ldd = readFileSync('/usr/bin/ldd', 'latin1');
		if (ldd.includes('musl')) return 'musl';
		if (/GLIBC|GNU C Library/.test(ldd)) return 'glibc';
	} catch {
		// small images have none
	}
	const loader = `/lib/ld-musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`;
	return existsSync(loader) ? 'musl' : 'glibc';
}
