import { AppError } from '@tacet/base';
import type { RpcError } from './rpc.ts';

/** An error the daemon answered, with its advice. */
export class RemoteError extends AppError {
  readonly hint: string | null;
  readonly number: number;

  constructor(error: RpcError) {
    super(error.data.code, error.data.kind, error.message);
    this.name = 'RemoteError';
    this.hint = error.data.hint;
    this.number = error.code;
  }
}
