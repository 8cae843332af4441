/** The scenarios and what they ask of a stage; `e2e` plays them over real sockets. */
export { SCENARIOS } from './list.ts';
export type { Actor, Scenario, Stage } from './stage.ts';
export { meet } from './steps.ts';
