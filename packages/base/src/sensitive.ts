/** Wraps a value that must not reach logs or errors: printing it in any way gives `[sensitive]`. */
const REDACTED = '[sensitive]';
const inspect = Symbol.for('nodejs.util.inspect.custom');

export class Sensitive<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Each caller is a place a reviewer looks at. */
  expose(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect](): string {
    return REDACTED;
  }
}
