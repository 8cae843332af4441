/** Shapes that several commands share: what one method lists, what is ended by its id. */
import type { MethodName, ParamsOf, ResultOf } from '@tacet/api';
import type { Command } from './command.ts';

/** Methods that may be called without a parameter. */
type Bare = {
  [M in MethodName]: Record<never, never> extends ParamsOf<M> ? M : never;
}[MethodName];

interface Listing<M extends Bare> {
  readonly path: string;
  readonly summary: string;
  readonly details?: string;
  readonly examples?: readonly string[];
  readonly method: M;
  readonly lines: (found: ResultOf<M>, now: number) => string;
}

/** Takes no argument and shows what its method answers. */
export function listing<M extends Bare>({ method, lines, ...rest }: Listing<M>): Command {
  return {
    examples: [`tacet ${rest.path}`],
    ...rest,
    arity: [0, 0],
    async run(context) {
      const api = await context.api();
      const found = await api.call(method, {} as ParamsOf<M>);
      context.show(found, () => lines(found, Date.now()));
      return undefined;
    },
  };
}

interface Ending {
  readonly path: string;
  readonly summary: string;
  /** What the id is of, for people. */
  readonly of: string;
  readonly example: string;
  readonly details?: string;
  readonly method:
    | 'invite.revoke'
    | 'request.delete'
    | 'request.block'
    | 'token.revoke'
    | 'letter.dismiss';
  /** What it is from then on. */
  readonly state: string;
}

/** Takes an id and says what became of it. */
export function ending({ of, example, method, state, ...rest }: Ending): Command {
  return {
    ...rest,
    args: '<id>',
    arity: [1, 1],
    examples: [example],
    async run(context) {
      const id = context.arg(0, `the id of the ${of}`);
      await (await context.api()).call(method, { id });
      context.show({ id, state }, () => state);
      return undefined;
    },
  };
}
