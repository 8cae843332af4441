/** A store that cannot save what stands in one content, however often and after whichever restart. */
import { AppError } from '@tacet/base';
import type { Fault, ModelPerson } from '@tacet/testkit/model';

export const POISON = 'poison';

/** What a mistake of ours may throw: no AppError, one, and a rule of the database. */
export const MISTAKES: readonly (() => unknown)[] = [
  () => new TypeError("Cannot read properties of undefined (reading 'length')"),
  () => new AppError('stream-missing', 'bug', 'an invariant'),
  () =>
    Object.assign(new Error('UNIQUE constraint failed'), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }),
];

/** Statements that would save words with `poison` in them as a message. */
export class Poison implements Fault {
  times = 0;
  private readonly mistake: () => unknown;
  private readonly sql: RegExp;

  constructor(
    mistake: () => unknown = () => new TypeError('planted'),
    sql = /^\s*INSERT INTO messages/,
  ) {
    this.mistake = mistake;
    this.sql = sql;
  }

  readonly run: NonNullable<Fault['run']> = (sql, params, next) => {
    const poisoned = params.some((one) => typeof one === 'string' && one.includes(POISON));
    if (!poisoned || !this.sql.test(sql)) return next();
    this.times += 1;
    throw this.mistake();
  };
}

/** Faults that were told, instead of ending the test. */
export function faultsOf(person: ModelPerson): string[] {
  const faults: string[] = [];
  person.onFault = (code) => faults.push(code);
  return faults;
}

/** What the other side wrote, as it is shown. */
export function textsIn(person: ModelPerson): string[] {
  const [contact] = person.machine.contacts();
  const lines = person.machine.messages({ contactId: contact?.id ?? '', limit: 500 });
  return lines
    .filter(({ direction, kind }) => direction === 'in' && kind === 'text')
    .map(({ text }) => text);
}

export function lettersOf(person: ModelPerson): readonly (readonly [string, string])[] {
  return person.machine.letters.list(null).map(({ reason, state }) => [reason, state]);
}
