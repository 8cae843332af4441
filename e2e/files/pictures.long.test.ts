/**
 * Pictures for real (docs/spec/19-files.md, 7): the command line sends what a camera made, and what comes
 * out on the other side has nothing of the camera in it.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CANARY, jpegWith, pngClaiming } from '@tacet/testkit/pictures';
import { FAST } from '../lib/town.ts';
import { readBelow } from '../relay/lib/files.ts';
import { withFiles } from './stage.ts';

const PATIENCE = 120_000;

test('a picture arrives upright, without place and camera; with --original it is the file as it was', async () => {
  await withFiles(FAST, PATIENCE, async ({ town, home, bob, run }) => {
    const path = join(town.dir, 'IMG_20261122_070809.jpg');
    writeFileSync(path, jpegWith(6));
    const received = async (n: number) => {
      const { contacts } = await bob.api.call('contact.list', {});
      const { messages } = await bob.api.call('message.list', {
        contactId: contacts[0]?.id ?? assert.fail(),
        limit: 10,
      });
      return messages.filter(({ file }) => file?.state === 'here')[n] ?? null;
    };
    const fetched = async (n: number) => {
      await town.until('it is there', PATIENCE, async () => (await received(n)) !== null);
      const message = (await received(n)) ?? assert.fail();
      const got = join(town.dir, `got-${n}`);
      assert.equal((await run('bob', 'file', 'get', message.id, got)).code, 0);
      return { file: message.file ?? assert.fail(), bytes: readFileSync(got) };
    };

    const sent = await run('alice', 'file', 'send', 'bob', path);
    assert.equal(sent.code, 0, sent.err);
    assert.match(sent.err, /made anew .* 32 x 48 pixels, .* without what a camera wrote/);
    const picture = await fetched(0);
    const { kind, name, mediaType, width, height, preview } = picture.file;
    const told = { kind, name, mediaType, width, height };
    const wanted = { kind: 'picture', name: 'picture.webp', mediaType: 'image/webp' };
    assert.deepEqual(told, { ...wanted, width: 32, height: 48 });
    assert.ok((preview?.length ?? 0) > 20);
    assert.match(picture.bytes.toString('latin1', 0, 16), /^RIFF....WEBPVP8/s);
    assert.ok(!picture.bytes.includes('canary') && !picture.bytes.includes('Exif'));

    const bomb = join(town.dir, 'bomb.png');
    writeFileSync(bomb, pngClaiming(60_000, 60_000));
    const refused = await run('alice', 'file', 'send', 'bob', bomb, '--json');
    assert.equal(refused.code, 7, refused.err);
    assert.equal(JSON.parse(refused.err.trim().split('\n').at(-1) ?? '').code, 'picture-large');

    assert.equal((await run('alice', 'file', 'send', 'bob', path, '--original')).code, 0);
    const whole = await fetched(1);
    assert.equal(whole.file.kind, 'file');
    assert.deepEqual(whole.bytes, readFileSync(path), 'control: the camera does write it');
    for (const { path: name, bytes } of readBelow(home)) {
      assert.ok(!bytes.includes(CANARY), `in clear in ${name}`);
    }
  });
});
