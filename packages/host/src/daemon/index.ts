/** A person's daemon around the client machine: clock, sockets, disk, doors. */
export type { Caller, DaemonCore } from './core.ts';
