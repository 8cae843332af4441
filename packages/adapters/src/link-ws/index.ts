/** Links between daemons and edges: WebSocket over TLS. */
export { Backoff } from '../tls/backoff.ts';
export { type DialOptions, dialEdge, type EdgeLink } from './dial.ts';
export { DOWN_BYTES, LIMITS as CLIENT_LINK_LIMITS, UP_BYTES } from './limits.ts';
export {
  type ClientCount,
  type ClientLimits,
  type ClientListener,
  type ClientListenerOptions,
  type CloseWord,
  listenClients,
} from './server.ts';
