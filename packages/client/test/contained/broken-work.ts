/**
 * One piece of ratchet work whose saving fails at its so-manyth statement, and from then on at every
 * statement of these words while that piece is saved in whichever way.
 */
import type { Millis } from '@tacet/base';
import type { Fault, ModelPerson } from '@tacet/testkit/model';
import type { Engine } from '../../src/engine.ts';
import type { ErasedWork, JobQueue } from '../../src/sessions/jobs.ts';

interface Open {
  wrap(name: string, works: readonly ErasedWork[]): ReturnType<JobQueue['next']>;
}

export class BrokenWork implements Fault {
  /** The statement that fails; null: it had fewer. */
  statement: string | null = null;
  times = 0;
  private readonly at: number;
  private readonly meant: (work: ErasedWork) => boolean;
  private readonly passed = new Set<string>();
  private inside = 0;

  /** @param at which statement, from 1 on; one of the same words counts once */
  constructor(at: number, meant: (work: ErasedWork) => boolean) {
    this.at = at;
    this.meant = meant;
  }

  /** From now on, until the store's fault is another. */
  plantIn(person: ModelPerson): void {
    person.store.fault = this;
    const { jobs } = Reflect.get(person.machine, 'e') as Engine;
    const open = jobs as unknown as Open;
    Reflect.deleteProperty(jobs, 'wrap');
    const wrap = open.wrap.bind(jobs);
    open.wrap = (name, works) =>
      wrap(
        name,
        works.map((work) => (this.meant(work) ? this.broken(work) : work)),
      );
  }

  private broken(work: ErasedWork): ErasedWork {
    return {
      ...work,
      run: async (port, records) => {
        const { commit, contain, writes } = await work.run(port, records);
        return {
          writes,
          commit: (now: Millis) => this.within(() => commit(now)),
          contain: (error, now) => this.within(() => contain(error, now)),
        };
      },
      fail: (error, now) => this.within(() => work.fail(error, now)),
    };
  }

  private within<T>(save: () => T): T {
    this.inside += 1;
    try {
      return save();
    } finally {
      this.inside -= 1;
    }
  }

  readonly run: NonNullable<Fault['run']> = (sql, _params, next) => {
    if (this.inside === 0) return next();
    this.passed.add(sql);
    if (this.passed.size === this.at && this.statement === null) this.statement = sql;
    if (sql !== this.statement) return next();
    this.times += 1;
    throw new TypeError(`planted: ${sql.trim().slice(0, 40)}`);
  };
}
