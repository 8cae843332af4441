/**
 * Are our own loops lost more often than they should be? Wald's sequential test of "one in fifty"
 * against "one in five", never falling below zero (docs/spec/04-mixing.md, 5). Three in a row
 * raise it, about seventeen returned ones in a row end it.
 */
const USUAL = 0.02;
const BAD = 0.2;
const LOST = Math.log(BAD / USUAL);
const BACK = Math.log((1 - BAD) / (1 - USUAL));
/** ln((1 - beta) / alpha) for alpha = 0.001, beta = 0.05. */
const BOUND = Math.log(0.95 / 0.001);

export class LossAlarm {
  private score = 0;
  private raised = false;

  get on(): boolean {
    return this.raised;
  }

  /** True when this one raised the alarm. */
  note(back: boolean): boolean {
    this.score = Math.min(BOUND, Math.max(0, this.score + (back ? BACK : LOST)));
    if (this.raised) {
      this.raised = this.score > BOUND / 2;
      return false;
    }
    this.raised = this.score >= BOUND;
    return this.raised;
  }
}
