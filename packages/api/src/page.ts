/**
 * What a page in a browser takes of this package: messages, refusals, and types. No schemas, which would be a
 * third of the page: it comes from the daemon it talks to, and is of its version.
 */
export type { MethodName, ParamsOf, ResultOf } from './methods.ts';
export { RemoteError } from './remote-error.ts';
export { decodeResponse, encodeRequest, type RpcError } from './rpc.ts';
