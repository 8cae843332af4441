/**
 * JSON-RPC 2.0, the part used here (docs/spec/11-api.md 2): one object a message, parameters by
 * name, every call has an id. Batches and notifications are refused.
 */
import { AppError, type ErrorKind } from '@tacet/base';
import { hintFor } from './hints.ts';
import { parseJson } from './json.ts';
import { MAX_WORD } from './limits.ts';

export type RpcId = string | number;

export interface RpcRequest {
  readonly id: RpcId;
  readonly method: string;
  readonly params: unknown;
}

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly code: string; readonly kind: ErrorKind; readonly hint: string | null };
}

export type RpcResponse =
  | { readonly id: RpcId; readonly result: unknown }
  | { readonly id: RpcId | null; readonly error: RpcError };

const KINDS = [
  'usage',
  'input',
  'state',
  'missing',
  'refused',
  'network',
  'storage',
  'bug',
] as const satisfies readonly ErrorKind[];

/** Numbers the standard fixes; everything else is 1000 + the place of its kind. */
const STANDARD: Readonly<Record<string, number>> = {
  'request-malformed': -32700,
  'request-invalid': -32600,
  'method-unknown': -32601,
  'params-invalid': -32602,
};

/** Throws `request-malformed` or `request-invalid`; `idOf` finds the id for the answer. */
export function decodeRequest(text: string): RpcRequest {
  const value = parseJson(text);
  if (!isObject(value) || value['jsonrpc'] !== '2.0') throw invalid('is not a JSON-RPC 2.0 call');
  const { id, method, params } = value;
  if (!isId(id)) throw invalid('has no id');
  if (typeof method !== 'string' || method.length > MAX_WORD) throw invalid('has no method');
  if (params !== undefined && !isObject(params)) throw invalid('does not name its parameters');
  return { id, method, params: params ?? {} };
}

/** The id of a message that may be broken otherwise, or null. */
export function idOf(text: string): RpcId | null {
  try {
    const value = parseJson(text);
    return isObject(value) && isId(value['id']) ? value['id'] : null;
  } catch {
    return null;
  }
}

export function encodeRequest(request: RpcRequest): string {
  const { id, method, params } = request;
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

export function encodeResult(id: RpcId, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: result ?? {} });
}

/** Errors that are not ours become `internal`: their text could name anything. */
export function encodeError(id: RpcId | null, error: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: describeError(error) });
}

export function describeError(error: unknown): RpcError {
  const known =
    error instanceof AppError
      ? error
      : new AppError('internal', 'bug', 'something went wrong inside the daemon');
  return {
    code:
      STANDARD[known.code] ?? (known.kind === 'bug' ? -32603 : 1000 + KINDS.indexOf(known.kind)),
    message: known.message,
    data: { code: known.code, kind: known.kind, hint: hintFor(known.code, known.kind) },
  };
}

/** Throws `answer-invalid`. */
export function decodeResponse(text: string): RpcResponse {
  const value = parseJson(text);
  if (!isObject(value) || value['jsonrpc'] !== '2.0') throw broken();
  const { id, error } = value;
  if (error !== undefined) {
    if (id !== null && !isId(id)) throw broken();
    return { id, error: decodeError(error) };
  }
  if (!isId(id) || !('result' in value)) throw broken();
  return { id, result: value['result'] };
}

function decodeError(value: unknown): RpcError {
  if (!isObject(value) || typeof value['message'] !== 'string') throw broken();
  const data = isObject(value['data']) ? value['data'] : {};
  const kind = KINDS.find((name) => name === data['kind']) ?? 'bug';
  return {
    code: typeof value['code'] === 'number' ? value['code'] : -32603,
    message: value['message'],
    data: {
      code: typeof data['code'] === 'string' ? data['code'] : 'internal',
      kind,
      hint: typeof data['hint'] === 'string' ? data['hint'] : null,
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is RpcId {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return typeof value === 'string' && value.length <= MAX_WORD;
}

function invalid(what: string): AppError {
  return new AppError('request-invalid', 'usage', `the message ${what}`);
}

function broken(): AppError {
  return new AppError('answer-invalid', 'input', 'the answer is not JSON-RPC 2.0');
}
