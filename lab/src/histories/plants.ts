/**
 * Positive controls: bugs planted between a client and its store, each of a kind that has been made
 * somewhere. Histories that do not find them within the number said here would prove nothing.
 */
import type { SqlValue } from '@tacet/client';
import type { Fault } from '@tacet/testkit/model';

export interface Plant {
  readonly name: string;
  readonly about: string;
  /** Histories within which it must be found. */
  readonly within: number;
  /** One for each store. */
  readonly make: () => Fault;
}

const NOTHING = { changes: 0, rowId: 0 };

/** A statement that is not carried out, each so-manyth time. */
function forgets(begin: string, every: number, which?: (p: readonly SqlValue[]) => boolean): Fault {
  let seen = 0;
  return {
    run(sql, params, next) {
      if (!sql.startsWith(begin) || which?.(params) === false) return next();
      seen += 1;
      return seen % every === 0 ? NOTHING : next();
    },
  };
}

export const PLANTS: readonly Plant[] = [
  {
    name: 'acknowledges-before-saving',
    about: 'a text counts as received when its first part is here',
    within: 20,
    make: () => ({
      run(sql, params, next, store) {
        const result = next();
        if (sql.includes('INSERT INTO fragments')) {
          const [contact = 0, seq = 0] = params;
          store.aside('INSERT OR IGNORE INTO received VALUES (?, ?)', contact, seq);
        }
        return result;
      },
    }),
  },
  {
    name: 'saves-in-pieces',
    about: 'what belongs together is not one transaction',
    within: 100,
    make: () => ({ torn: true }),
  },
  {
    name: 'forgets-a-part',
    about: 'each third box of a ciphertext is not queued',
    within: 20,
    make: () => forgets('INSERT INTO puts', 3, ([owner]) => owner === 'part'),
  },
  {
    name: 'never-repeats',
    about: 'what an edge lost or let end is not encrypted anew',
    within: 50,
    make: () => forgets('UPDATE ciphertexts SET posts', 1),
  },
  {
    name: 'takes-everything-twice',
    about: 'neither a sequence nor a content that is here already is noticed',
    within: 50,
    make: () => {
      let counting = false;
      let unlike = 0;
      return {
        // What was received is asked for twice: to make a receipt of it, and to know a duplicate.
        get(sql, next) {
          const row = next();
          const known = sql.startsWith('SELECT in_up_to') && !counting;
          counting = false;
          return known ? { in_up_to: 0 } : row;
        },
        all(sql) {
          counting = sql.includes('row_number()');
        },
        run(sql, params, next) {
          counting = sql.startsWith('INSERT INTO received');
          if (sql.includes("'in'")) {
            const id = params[2];
            if (id instanceof Uint8Array) id[0] = unlike++ % 256;
          }
          return next();
        },
      };
    },
  },
  {
    name: 'calls-stored-delivered',
    about: 'a text is shown as delivered when an edge has it',
    within: 20,
    make: () => ({
      run(sql, params, next, store) {
        const result = next();
        const [state, , , , id] = params;
        if (sql.includes('SET state = ?') && state === 'stored' && id !== undefined) {
          store.aside("UPDATE messages SET state = 'delivered' WHERE id = ?", id);
        }
        return result;
      },
    }),
  },
  {
    name: 'goes-back',
    about: 'a text of which a copy goes out is shown as sending again',
    within: 60,
    make: () => ({
      run(sql, params, next, store) {
        const result = next();
        if (sql.startsWith('UPDATE messages SET parts = ?')) {
          const back = "UPDATE messages SET state = 'sending' WHERE state = 'stored' AND id = ?";
          store.aside(back, params[3] ?? 0);
        }
        return result;
      },
    }),
  },
  {
    name: 'forgets-how-it-began',
    about: 'only the newest facts about a text are kept',
    within: 20,
    make: () => ({
      run(sql, params, next, store) {
        const result = next();
        if (sql.startsWith('INSERT INTO evidence')) {
          store.aside(
            `DELETE FROM evidence WHERE message_id = ? AND rowid <= (SELECT max(rowid) FROM evidence) - 4`,
            params[0] ?? 0,
          );
        }
        return result;
      },
    }),
  },
  {
    name: 'orders-by-clock',
    about: 'a text stands where the clock of its writer says, whatever it answers',
    within: 100,
    make: () => ({
      get: (sql, next) => (sql.startsWith('SELECT place_at, place_sub') ? undefined : next()),
    }),
  },
  {
    name: 'keeps-parts-for-ever',
    about: 'parts of what was read are not forgotten',
    within: 20,
    make: () => forgets('DELETE FROM fragments', 2),
  },
];
