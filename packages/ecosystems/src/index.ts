import type {Ecosystem} from './ecosystem.ts';
import {npm} from './npm/index.ts';

export type * from './ecosystem.ts';

/** Every packaging world that occo speaks. Adding one is a folder beside this file and an entry here. */
export const ecosystems: readonly Ecosystem[] = [npm];
