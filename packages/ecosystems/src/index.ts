export type * from './ecosystem.ts';
