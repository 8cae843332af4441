/** One short word at a time, at the bottom; it leaves by itself. */
import { useEffect } from 'preact/hooks';
import { notice } from '../state/store.ts';

const SHOWN = 6_000;

export function Notice() {
  const current = notice.value;
  useEffect(() => {
    if (current === null) return;
    const timer = setTimeout(() => {
      if (notice.value === current) notice.value = null;
    }, SHOWN);
    return () => clearTimeout(timer);
  }, [current]);
  return (
    <div class="notices" role="status">
      {current !== null && <p class={`notice notice-${current.tone}`}>{current.text}</p>}
    </div>
  );
}
