/** `alarms`: what was refused, or seems wrong. */
import { hintFor, sayingOf } from '@tacet/api';
import { showTime } from '../duration.ts';
import { safeLine } from '../safe.ts';
import { listing } from '../shapes.ts';

/** What happened, and what to do about it. */
export function alarmLine(code: string): string {
  return withHint(sayingOf(code) ?? code, hintFor(code));
}

function withHint(text: string, hint: string | null): string {
  return `alarm: ${safeLine(text)}${hint === null ? '' : ` (${safeLine(hint)})`}`;
}

export const alarms = listing({
  path: 'alarms',
  summary: 'what was refused, or seems wrong, and what to do about it',
  examples: ['tacet alarms', 'tacet alarms --json | jq -r .alarms[].code'],
  details:
    'One line for each kind, the newest first. What concerns one contact also stands in its conversation and in trust show; tacet listen tells alarms as they come.',
  method: 'alarm.list',
  lines: (found, now) => {
    if (found.alarms.length === 0) return 'no alarms';
    return found.alarms
      .map(({ lastAt, count, text, hint }) => {
        const times = count === 1 ? '' : `${count} times, last `;
        return `${times}${showTime(lastAt, now)}  ${withHint(text, hint)}`;
      })
      .join('\n');
  },
});
