/** How far a backup, its test or a restore is. */
import { daemon } from '../state/store.ts';

const words = {
  create: 'Making the backup',
  test: 'Opening the backup',
  restore: 'Bringing it back',
} as const;

export function Progress({ kind }: { readonly kind: keyof typeof words }) {
  const now = daemon.value?.backup ?? null;
  const known = now !== null && now.kind === kind && now.total > 0 ? now : null;
  return (
    <div class="block" role="status">
      <p>
        {words[kind]}
        {known !== null && `, ${known.done} of ${known.total} pieces`}
      </p>
      <progress
        aria-label={words[kind]}
        {...(known === null ? {} : { value: known.done, max: known.total })}
      />
    </div>
  );
}
