import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, isAppError } from '@tacet/base';
import fc from 'fast-check';
import { checkParams, checkResult, isMethod, type MethodName, methods } from '../src/index.ts';

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 100) };

function refusal(method: MethodName, params: unknown): string {
  try {
    checkParams(method, params);
  } catch (error) {
    assert.ok(isAppError(error, 'params-invalid'));
    return error.message;
  }
  throw new Error('accepted');
}

test('right parameters pass and absent ones are an empty object', () => {
  assert.deepEqual(checkParams('status', undefined), {});
  const send = { contactId: 'c1', text: '', clientId: 'x' };
  assert.deepEqual(checkParams('message.send', send), send);
});

test('wrong parameters are refused with the name of the field and never its value', () => {
  assert.equal(refusal('status', { extra: 1 }), 'status: parameter extra is not known');
  assert.equal(refusal('invite.revoke', {}), 'invite.revoke: parameter id is missing');
  assert.equal(
    refusal('invite.revoke', { id: 'secret'.repeat(100) }),
    'invite.revoke: parameter id is not short enough',
  );
  assert.equal(
    refusal('level.set', { level: 'turbo' }),
    'level.set: parameter level is not (strong | balanced | fast)',
  );
  assert.equal(
    refusal('events.read', { cursor: 0, max: 1, waitMs: 60_001 }),
    'events.read: parameter waitMs is not <=60000',
  );
  assert.doesNotMatch(refusal('profile.unlock', { passphrase: 77 }), /77/);
  assert.equal(refusal('events.ack', { consumer: '../x', cursor: 1 }).includes('consumer'), true);
});

test('no parameters of any shape get past the table as something else', () => {
  const names = Object.keys(methods).filter(isMethod);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, params) => {
      try {
        checkParams(name, params);
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
    runs,
  );
});

test('method names do not reach the prototype', () => {
  for (const name of ['toString', '__proto__', 'constructor', ''])
    assert.equal(isMethod(name), false);
  assert.equal(isMethod('status'), true);
});

test('a result may have more fields than this version knows, never fewer', () => {
  assert.deepEqual(checkResult('window.open', { url: 'u', file: 'f', more: 1 }), {
    url: 'u',
    file: 'f',
  });
  assert.throws(
    () => checkResult('window.open', { url: 'u' }),
    (error) => isAppError(error, 'answer-invalid'),
  );
});
