/** True when SQLite refused because another connection holds the lock; its text is its own. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5;
}
