/**
 * A conversation as one page that fetches nothing and runs nothing. What others wrote stands in it as
 * text alone, each piece in its own direction of writing.
 */
import type { MessageView } from '@tacet/api';
import { showBytes } from './duration.ts';

export interface Exported {
  /** Of the contact. */
  readonly name: string;
  /** Oldest first. */
  readonly messages: readonly MessageView[];
  /** Bytes of a picture that is here, else null. */
  readonly picture: (message: MessageView) => Promise<Uint8Array | null>;
  readonly now: number;
}

/** Kinds that a page draws by itself; another type of a picture is a claim, and is named only. */
const DRAWN: ReadonlySet<string> = new Set(['image/webp', 'image/png', 'image/jpeg']);

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: .9rem; text-align: center; opacity: .7; font-weight: 500; }
article { width: fit-content; max-width: 80%; margin: .4rem 0; padding: .5rem .8rem; border-radius: .9rem;
  background: color-mix(in srgb, currentColor 9%, transparent); }
article.out { margin-inline-start: auto; background: color-mix(in srgb, royalblue 22%, transparent); }
article.line { margin-inline: auto; background: none; opacity: .75; font-size: .9rem; }
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
blockquote { margin: 0 0 .3rem; padding-inline-start: .6rem; border-inline-start: 3px solid; opacity: .75;
  white-space: pre-wrap; overflow-wrap: anywhere; }
img { display: block; max-width: 100%; height: auto; border-radius: .5rem; margin: .2rem 0; }
footer { font-size: .75rem; opacity: .7; }
`;

export async function* exportHtml({
  name,
  messages,
  picture,
  now,
}: Exported): AsyncGenerator<string> {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  const title = `Conversation with ${name}`;
  yield `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${text(title)}</title>
<style>${STYLE}</style>
<h1 dir="auto">${text(title)}</h1>
<p>${messages.length} messages, saved ${stamp(now)}</p>
`;
  let day = '';
  for (const message of messages) {
    const today = stamp(message.sentAt).slice(0, 10);
    if (today !== day) yield `<h2>${today}</h2>\n`;
    day = today;
    yield article(message, name, await picture(message));
  }
  yield '</html>\n';
}

function article(message: MessageView, name: string, picture: Uint8Array | null): string {
  const { direction, kind, replyTo, reactions, editedAt, sentAt, file } = message;
  const said = kind === 'text' || kind === 'file' || kind === 'card';
  const side = said ? direction : 'line';
  const parts = [
    replyTo === null || replyTo.excerpt === ''
      ? ''
      : `<blockquote dir="auto">${text(replyTo.excerpt)}</blockquote>`,
    picture !== null && DRAWN.has(file?.mediaType ?? '')
      ? `<img alt="" src="data:${file?.mediaType};base64,${Buffer.from(picture).toString('base64')}">`
      : '',
    `<p dir="auto">${text(message.text)}</p>`,
  ];
  const facts = [
    direction === 'out' ? 'you' : `<bdi>${text(name)}</bdi>`,
    `<time datetime="${new Date(sentAt).toISOString()}">${stamp(sentAt).slice(11)}</time>`,
    ...(editedAt === null ? [] : ['edited']),
    ...(file === null ? [] : [`${text(file.state)}, ${showBytes(file.size)}`]),
    ...reactions.map(({ emoji }) => `<bdi>${text(emoji)}</bdi>`),
  ];
  return `<article class="${side}">${parts.join('')}<footer>${facts.join(' · ')}</footer></article>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function text(value: string): string {
  return value.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
}

/** `2026-11-22 08:05`, where this computer is. */
function stamp(at: number): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
