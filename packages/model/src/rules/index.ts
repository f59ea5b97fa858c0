import type {Rule} from '../finding.ts';
import {cycleRule} from './g01-cycle.ts';
import {packageTwiceRule} from './g05-package-twice.ts';
import {siblingVersionRule} from './t07-sibling-version.ts';

/** Every rule over the manifests. Adding one is a file beside this and a line here. */
export const rules: readonly Rule[] = [cycleRule, packageTwiceRule, siblingVersionRule];
