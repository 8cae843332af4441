/** Tells the daemon that somebody looks, keeps the status fresh, and ticks the page's clock. */
import { call } from '../link/rpc.ts';
import { messages, now } from './store.ts';
import { hurrySync, readStatus } from './sync.ts';
import { refreshThread } from './thread.ts';

const BEAT = 20_000;
const STATUS = 5_000;

/** Rows with something still to come are read again this often. */
const REREAD = 10_000;

/** What somebody does who is there. */
const HANDS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

let refreshedAt = 0;
let touched = false;
let beat: ReturnType<typeof setInterval> | null = null;
let status: ReturnType<typeof setInterval> | null = null;

export function startHeartbeat(): void {
  stopHeartbeat();
  document.addEventListener('visibilitychange', looked);
  for (const hand of HANDS) document.addEventListener(hand, touch, { passive: true });
  beat = setInterval(tell, BEAT);
  status = setInterval(refresh, STATUS);
  tell();
}

export function stopHeartbeat(): void {
  document.removeEventListener('visibilitychange', looked);
  for (const hand of HANDS) document.removeEventListener(hand, touch);
  if (beat !== null) clearInterval(beat);
  if (status !== null) clearInterval(status);
  beat = null;
  status = null;
}

function touch(): void {
  touched = true;
}

function looked(): void {
  if (isVisible()) hurrySync();
  void heartbeat(isVisible());
  refresh();
}

/** A hidden page stays silent: one last word was said when it was hidden. */
function tell(): void {
  if (isVisible()) void heartbeat(true);
}

function refresh(): void {
  if (!isVisible()) return;
  now.value = Date.now();
  // Lateness comes with time alone, without an event.
  if (now.value - refreshedAt > REREAD && hasOpenEnds()) {
    refreshedAt = now.value;
    void refreshThread().catch(() => undefined);
  }
  void readStatus().catch(() => undefined);
}

function hasOpenEnds(): boolean {
  const ending = ['delivered', 'failed', 'received'];
  return [...messages.values()].some((message) => !ending.includes(message.peek().state));
}

/** A lost heartbeat is made good by the next one. */
async function heartbeat(visible: boolean): Promise<void> {
  const hands = touched ? { touched } : {};
  touched = false;
  await call('window.heartbeat', { visible, ...hands }).catch(() => undefined);
}

function isVisible(): boolean {
  return document.visibilityState === 'visible';
}
