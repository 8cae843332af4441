/** The command line of a person's daemon. */
export { run } from './run.ts';
export type { Terminal } from './terminal.ts';
