/** What redirects git to another repository or index, per git(1) "ENVIRONMENT VARIABLES". */
const git = new Set([
	'GIT_DIR',
	'GIT_WORK_TREE',
	'GIT_INDEX_FILE',
	'GIT_OBJECT_DIRECTORY',
	'GIT_ALTERNATE_OBJECT_DIRECTORIES',
	'GIT_COMMON_DIR',
	'GIT_NAMESPACE',
	'GIT_CEILING_DIRECTORIES',
	'GIT_PREFIX',
	'GIT_CONFIG',
	'GIT_CONFIG_PARAMETERS',
	'GIT_CONFIG_COUNT',
	'GIT_TEMPLATE_DIR',
	'GIT_EXTERNAL_DIFF',
	'GIT_REPLACE_REF_BASE',
	'GIT_SHALLOW_FILE',
	'GIT_GRAFT_FILE',
	'GIT_QUARANTINE_PATH',
	'GIT_LITERAL_PATHSPECS',
	'GIT_GLOB_PATHSPECS',
	'GIT_NOGLOB_PATHSPECS',
	'GIT_ICASE_PATHSPECS',
	'GIT_ATTR_SOURCE',
	'GIT_DEFAULT_HASH',
	'GIT_REFLOG_ACTION',
]);

const redirecting = /^(npm_|pnpm_|yarn_|pip_|uv_|git_config_(key|value)_\d+$)/i;
const others = new Set([
	'NODE_OPTIONS',
	'NODE_PATH',
	'NODE_ENV',
	'INIT_CWD',
	'PNPM_HOME',
	'PYTHONPATH',
	'PYTHONHOME',
	'PYTHONSTARTUP',
	'PYTHONUSERBASE',
	'PYTHONEXECUTABLE',
	'VIRTUAL_ENV',
	'CONDA_PREFIX',
]);

/** Settings that only say whom to trust. */
const certificates = /^(pip_cert|npm_config_cafile)$/i;

/**
 * The environment a child may see: everything but what would make git, npm, pnpm, yarn, pip, uv, Node or Python look
 * elsewhere than told (settings of an enclosing `npm run`, of a git hook, of a virtual environment). PATH, HOME,
 * proxies and certificates stay. Messages are in the C locale, because git's are matched.
 */
export function cleanEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
	const clean: Record<string, string> = {};
	for (const [name, value] of Object.entries(env)) {
		if (value === undefined || git.has(name) || others.has(name)) continue;
		if (redirecting.test(name) && !certificates.test(name)) continue;
		clean[name] = value;
	}
	clean.LC_ALL = 'C';
	return clean;
}
