import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, isAppError } from '@tacet/base';
import {
  connect,
  decodeRequest,
  encodeError,
  encodeResult,
  RemoteError,
  type Transport,
} from '../src/index.ts';

function pipe() {
  const sent: string[] = [];
  let closes = 0;
  const transport: Transport = {
    send: (message) => void sent.push(message),
    receive: () => {},
    closed: () => {},
    close: () => {
      closes += 1;
    },
  };
  return { transport, sent, closes: () => closes };
}

test('answers find their calls in any order', async () => {
  const { transport, sent } = pipe();
  const api = connect(transport);
  const first = api.call('window.open', {});
  const second = api.call('events.position', {});
  const ids = sent.map((text) => decodeRequest(text).id);
  assert.equal(new Set(ids).size, 2);
  transport.receive(encodeResult(ids[1] ?? 0, { newest: 4, acknowledged: 0 }));
  transport.receive(encodeResult(ids[0] ?? 0, { url: 'u', file: 'f' }));
  assert.deepEqual(await first, { url: 'u', file: 'f' });
  assert.deepEqual(await second, { newest: 4, acknowledged: 0 });
});

test('an error keeps its code, kind, number and advice', async () => {
  const { transport } = pipe();
  const api = connect(transport);
  const call = api.call('contact.get', { contact: 'bob' });
  transport.receive(encodeError(1, new AppError('locked', 'state', 'the profile is locked')));
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof RemoteError && isAppError(error, 'locked'));
    assert.equal(error.kind, 'state');
    assert.equal(error.number, 1002);
    assert.equal(error.hint, 'unlock the profile: tacet unlock');
    return true;
  });
});

test('open calls fail when the connection ends, later ones at once', async () => {
  const { transport } = pipe();
  const api = connect(transport);
  const call = api.call('status', {});
  transport.closed();
  await assert.rejects(call, (error) => isAppError(error, 'daemon-gone'));
  await assert.rejects(api.call('status', {}), (error) => isAppError(error, 'daemon-gone'));
});

test('an answer out of step ends the connection', async () => {
  for (const text of ['nonsense', encodeError(null, new AppError('too-large', 'input', 'x'))]) {
    const { transport, closes } = pipe();
    const api = connect(transport);
    const call = api.call('status', {});
    transport.receive(text);
    await assert.rejects(call);
    assert.equal(closes(), 1);
  }
});

test('an answer to nobody is ignored', async () => {
  const { transport } = pipe();
  const api = connect(transport);
  transport.receive(encodeResult(99, {}));
  const call = api.call('daemon.stop', {});
  transport.receive(encodeResult(1, {}));
  assert.deepEqual(await call, {});
});

test('a result of another form is refused', async () => {
  const { transport } = pipe();
  const call = connect(transport).call('status', {});
  transport.receive(encodeResult(1, { version: 5 }));
  await assert.rejects(call, (error) => isAppError(error, 'answer-invalid'));
});
