/** Long works of which one may run at a time, in the order they came: a profile gives one snapshot at once. */
export class Row {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs when all before have ended, however they did. */
  next<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
