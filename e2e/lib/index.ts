/** The harness, for benches that measure whole networks of processes. */

export { daemonEnvironment } from '@tacet/daemon/environment';
export { type KsResult, twoSampleKs } from '@tacet/testkit/ks';
export { allMessages, type DaemonProcess } from './daemon.ts';
export { introduce } from './meet.ts';
export { RelayNetwork } from './network.ts';
export { hurry, Program, priorityGranted, sleep } from './program.ts';
export { noneRunsIn, runningIn } from './running.ts';
export { dialDaemon } from './socket.ts';
export { FAST, Town, type TownOptions } from './town.ts';
