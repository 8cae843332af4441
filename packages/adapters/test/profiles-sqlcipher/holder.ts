/** Run by crash.test.ts: opens a profile, says so, writes rows until it is killed. */
import { Sensitive, utf8 } from '@tacet/base';
import { openProfile } from '../../src/profiles-sqlcipher/index.ts';

const [, , dir = ''] = process.argv;
const secret = new Sensitive(utf8('correct horse'));
try {
  const { store } = await openProfile({
    ...{ dir, secret, cost: { memoryKiB: 64, passes: 1 }, first: 4, answerStep: 0 },
  });
  for (let n = 1; ; n++) {
    store.transaction(() => {
      store.run('INSERT INTO t VALUES (?)', n);
      store.run('UPDATE last SET n = ?', n);
    });
    // Said only after the commit: whoever reads it may count on it.
    process.stdout.write(`${n}\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code}\n`);
}
