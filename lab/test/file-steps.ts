/** Files between people of the lab: bytes brought in as a host does it, and read back. */
import assert from 'node:assert/strict';
import { concat, randomBytes } from '@tacet/base';
import type { FileView, MessageView } from '@tacet/client';
import { seededRng } from '@tacet/testkit';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';

/** Bytes that no compression or chance makes again. */
export function bytesOf(seed: string, size: number): Uint8Array {
  return randomBytes(seededRng(seed), size);
}

const PIECE = 100_000;

/** Brings in and sends; answers the message's id. */
export async function sendFile(
  stage: LabStage,
  from: Actor,
  to: string,
  bytes: Uint8Array,
  more: {
    readonly name?: string;
    readonly text?: string;
    readonly clientId?: string;
    readonly transfer?: boolean;
  } = {},
): Promise<string> {
  const { client, cells } = stage.personOf(from);
  const { uploads } = client.files;
  const now = stage.world.clockOf(stage.personOf(from));
  const upload = uploads.begin(bytes.length, now);
  for (let at = 0; at < bytes.length; at += PIECE) {
    for (const one of uploads.put(upload, at, bytes.subarray(at, at + PIECE), now)) {
      await cells.write(one.cell, one.place, one.bytes);
      one.done();
    }
  }
  for (const one of uploads.finish(upload)) {
    await cells.write(one.cell, one.place, one.bytes);
    one.done();
  }
  const facts = {
    name: more.name ?? 'notes.bin',
    mediaType: 'application/octet-stream',
    kind: 'file',
  } as const;
  const request = {
    contactId: to,
    upload,
    facts,
    text: more.text ?? '',
    transfer: more.transfer ?? false,
  };
  const view = client.files.send({ ...request, clientId: more.clientId ?? null }, now);
  stage.world.pumpPerson(stage.personOf(from));
  return view.id;
}

/** The newest file line of a conversation. */
export async function fileLineOf(who: Actor, contact: string): Promise<MessageView | null> {
  const lines = await who.messages(contact);
  return lines.findLast(({ kind }) => kind === 'file') ?? null;
}

export async function fileOf(who: Actor, contact: string): Promise<FileView | null> {
  return (await fileLineOf(who, contact))?.file ?? null;
}

/** All bytes, as a window reads them. */
export async function readFile(
  stage: LabStage,
  who: Actor,
  messageId: string,
): Promise<Uint8Array> {
  const { client, cells } = stage.personOf(who);
  const { file } = client.message(messageId);
  assert.ok(file !== null);
  const blocks: Uint8Array[] = [];
  let length = 0;
  for (let block = 0; length < file.size; block++) {
    const read = client.files.block(messageId, block);
    blocks.push((await cells.read(read.cell, read.place)).subarray(0, read.length));
    length += read.length;
  }
  return concat(...blocks);
}

/** What a person does with a file, at their own clock. */
export function act(
  stage: LabStage,
  who: Actor,
  what: 'want' | 'decline' | 'withdraw',
  messageId: string,
  transfer = false,
): void {
  const person = stage.personOf(who);
  const now = stage.world.clockOf(person);
  if (what === 'want') person.client.files.want(messageId, transfer, now);
  else person.client.files[what](messageId, now);
  stage.world.pumpPerson(person);
}
