/** `tacet-relay` as a function, for tests and for programs that run it in their own process. */
export { EXIT } from './exit.ts';
export { main, start } from './main.ts';
export type { Output } from './output.ts';
