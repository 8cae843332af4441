/** The local window server (docs/spec/12-window.md). */
export { loadAssets } from './assets.ts';
export { strictHeaders } from './headers.ts';
export { launchPage } from './launch.ts';
export type {
  Asset,
  Assets,
  EndReason,
  Refusal,
  SessionInfo,
  WindowCaller,
  WindowCore,
  WindowServer,
  WindowServerOptions,
} from './port.ts';
export { startWindowServer } from './server.ts';
