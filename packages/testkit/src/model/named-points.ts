/**
 * Points at which a process may die, by name: which statement, who saves, which ratchet work, which
 * effect. To know which of them were passed, and to die at a certain one.
 */
import type { ClientEffect } from '@tacet/client';
import { decodeRequest } from '@tacet/wire';
import { Crash, type CrashPoint } from './crash.ts';
import { meaningOf } from './plain-builder.ts';

export class NamedPoints {
  readonly passed = new Set<string>();
  died = false;
  /** The process dies there, once. */
  private target: string | null;

  constructor(target: string | null = null) {
    this.target = target;
  }

  pass(point: CrashPoint, name: () => string): void {
    const full = `${point}: ${name()}`;
    this.passed.add(full);
    if (full !== this.target) return;
    this.target = null;
    this.died = true;
    throw new Crash(point);
  }
}

/** What a statement changes, and how. */
export function statementName(sql: string): string {
  const found = /^\s*(INSERT|UPDATE|DELETE)(?:\s+OR\s+\w+)?(?:\s+INTO|\s+FROM)?\s+(\w+)/.exec(sql);
  return found === null ? sql.trim().slice(0, 40) : `${found[1]} ${found[2]}`;
}

/** Saves for others. */
const ATTEMPT = '/store/attempt.ts';

/** Whoever of the client's code asked for this save. */
export function callerName(): string {
  const lines = new Error().stack?.split('\n') ?? [];
  const line =
    lines.find((one) => one.includes('/packages/client/src/') && !one.includes(ATTEMPT)) ?? '';
  const place = /client\/src\/([^:]+)/.exec(line)?.[1] ?? 'elsewhere';
  const name = /at (?:new )?([\w.]+) \(/.exec(line)?.[1];
  return name === undefined ? place : `${name} (${place})`;
}

/** What leaves. */
export function effectName(effect: ClientEffect): string {
  if (effect.kind === 'event') return `tell ${effect.event.kind}`;
  if (effect.kind !== 'up') return effect.kind;
  if (effect.frame.kind !== 'packet') return `send ${effect.frame.kind}`;
  const { sent, loop } = meaningOf(effect.frame.frame);
  if (sent !== undefined) return `send ${decodeRequest(sent.data).kind}`;
  return loop === undefined ? 'send cover' : 'send loop';
}
