/** Tells the daemon that somebody looks, keeps the status fresh, and ticks the page's clock. */
import { call } from '../link/rpc.ts';
import { now } from './store.ts';
import { hurrySync, readStatus } from './sync.ts';

const BEAT = 20_000;
const STATUS = 5_000;

let beat: ReturnType<typeof setInterval> | null = null;
let status: ReturnType<typeof setInterval> | null = null;

export function startHeartbeat(): void {
  stopHeartbeat();
  document.addEventListener('visibilitychange', looked);
  beat = setInterval(tell, BEAT);
  status = setInterval(refresh, STATUS);
  tell();
}

export function stopHeartbeat(): void {
  document.removeEventListener('visibilitychange', looked);
  if (beat !== null) clearInterval(beat);
  if (status !== null) clearInterval(status);
  beat = null;
  status = null;
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
  void readStatus().catch(() => undefined);
}

/** A lost heartbeat is made good by the next one. */
async function heartbeat(visible: boolean): Promise<void> {
  await call('window.heartbeat', { visible }).catch(() => undefined);
}

function isVisible(): boolean {
  return document.visibilityState === 'visible';
}
