/** A letter on a quiet colour. The colour comes from the contact's local id, so it stays. */
import { initial } from '../words/safe.ts';

const TINTS = 6;

export function Avatar({ id, name, large }: { id: string; name: string; large?: boolean }) {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return (
    <span class={`avatar tint-${sum % TINTS} ${large ? 'avatar-large' : ''}`} aria-hidden="true">
      {initial(name)}
    </span>
  );
}
