/** The command line of a person's daemon. */
export { run } from './run.ts';
export { dialDaemon } from './socket.ts';
export type { Terminal } from './terminal.ts';
export { waitFor } from './wait.ts';
