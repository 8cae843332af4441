/** A person's daemon around the client machine: clock, sockets, disk, doors. */
export { SystemClock } from './clock.ts';
export type { Caller, DaemonCore } from './core.ts';
export { LaunchPages } from './launch-pages.ts';
export { localApi } from './local.ts';
export { makeLog } from './log.ts';
export type { ClientEffect, Machine, Person } from './machine.ts';
export type {
  Dial,
  DialTarget,
  EdgeLink,
  Environment,
  InTurn,
  KeychainLeft,
  Log,
  Opened,
  ProfileSecret,
  ProfileVault,
} from './ports.ts';
export { Runtime, type RuntimeOptions } from './runtime.ts';
export { Daemon } from './service.ts';
export type { ServiceOptions, WindowDoor } from './service-options.ts';
export { keepLogShort } from './short-log.ts';
export { ownDirectory } from './socket/directory.ts';
export { type DirectoryLock, lockDirectory } from './socket/lock.ts';
export { type SocketServer, startSocketServer } from './socket/server.ts';
export { type RunningDaemon, type StartOptions, startDaemon } from './start.ts';
