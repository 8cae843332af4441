/** Only two files of everything that is shipped open connections; all others go through them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../../../..');
/** Sockets of this machine: the daemon's own, and the box cluster, which is the operator's. */
const LOCAL = ['apps/cli/src/socket.ts', 'packages/adapters/src/boxes-redis/connection.ts'];
const DIALS = ['packages/adapters/src/socks/open.ts', 'packages/adapters/src/tls/dial.ts'];
const SHIPPED = /^(apps|packages)\/[^/]+\/src\/.*\.ts$/;
/** Functions of Node that connect or look up; `request` of node:http is given its socket here. */
const OPENS =
  /import \{[^}]*\b(connect|createConnection|lookup|resolve\w*|fetch)\b[^}]*\} from 'node:(net|tls|dns|dns\/promises|dgram|http2)'/;

test('nothing that is shipped connects or looks up but by the one way out', () => {
  const files = ['apps', 'packages']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file.replaceAll('\\', '/')}`,
      ),
    )
    .filter((file) => SHIPPED.test(file) && !file.startsWith('packages/testkit/'));
  assert.ok(files.length > 300);
  const opening = files.filter((file) => {
    const source = readFileSync(join(ROOT, file), 'utf8');
    return OPENS.test(source) || /\bfrom 'node:(dns|dgram|http2)/.test(source);
  });
  assert.deepEqual(opening.sort(), [...LOCAL, ...DIALS].sort());
});
