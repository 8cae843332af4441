/** Commands as rows of a table: what is typed, what the daemon is asked, what is printed, the status. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkParams, isMethod } from '@tacet/api';
import { EXIT } from '../src/exit.ts';
import type { FakeDaemon, Handlers } from './fake-daemon.ts';

export interface Verb {
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** The call it makes last of that method, with exactly these parameters. */
  readonly asks?: readonly [method: string, params: object];
  /** Methods that must not be called. */
  readonly never?: readonly string[];
  /** Of standard output. With --json it is one object of schema 1, here or as the error. */
  readonly out?: RegExp;
  readonly err?: RegExp;
  /** 0 when not given. */
  readonly status?: number;
}

/** Parameters are looked at as the daemon does: what is misspelt is refused. */
export function strict(handlers: Handlers): Handlers {
  const checked = Object.entries(handlers).map(([method, handler]) => {
    const answer = (params: never): unknown => {
      assert.ok(isMethod(method), `no such method: ${method}`);
      checkParams(method, params);
      return handler(params);
    };
    return [method, answer] as const;
  });
  return Object.fromEntries(checked);
}

export function behave(fake: FakeDaemon, verbs: readonly Verb[]): void {
  for (const verb of verbs) {
    const { argv, stdin, asks, never = [], out = /^$/, err, status = EXIT.ok } = verb;
    const input = stdin === undefined ? {} : { stdin };
    test(`tacet ${argv.join(' ')}`, async () => {
      const from = fake.calls.length;
      const shown = await fake.tacet(argv, input);
      assert.equal(shown.code, status, shown.err);
      assert.match(shown.out, out);
      if (err !== undefined) assert.match(shown.err, err);
      const calls = fake.calls.slice(from);
      if (asks !== undefined) {
        const [method, params] = asks;
        const made = calls.findLast((call) => call.method === method);
        assert.deepEqual(made?.params, params, method);
      }
      for (const method of never) assert.ok(!calls.some((call) => call.method === method), method);
      const json = await fake.tacet([...argv, '--json'], input);
      assert.equal(json.code, status, 'the status is the same');
      // A question that is answered with no is no error.
      const { schema } = JSON.parse(json.out === '' ? json.err : json.out);
      assert.equal(schema, 1);
    });
  }
}
