import type {Component, EcosystemName} from './component.ts';

/** How much a finding matters: an `error` stops `package` and `upload`. */
export type Severity = 'error' | 'warning' | 'info';

/** What a rule has to say about a manifest. */
export interface Finding {
	/** The stable id of the rule, `D06`. */
	readonly rule: string;
	readonly severity: Severity;
	readonly component: string;
	/** Relative to the workspace. */
	readonly file: string;
	readonly line: number;
	readonly column: number;
	readonly message: string;
	readonly fixable: boolean;
}

/** One rule over the manifests of all components: data in, findings out; it reads nothing and prints nothing. */
export interface Rule {
	readonly id: string;
	readonly summary: string;
	check(components: readonly Component[], knowledge: Knowledge): Iterable<Finding>;
}

/** What a rule cannot know by itself: how an ecosystem compares versions. */
export interface Knowledge {
	satisfies(ecosystem: EcosystemName, version: string, constraint: string): boolean;
}
