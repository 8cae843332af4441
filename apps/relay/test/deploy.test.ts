/** The service unit and the container files say what they should; systemd is asked where it is there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from './support.ts';

const DEPLOY = join(import.meta.dirname, '../deploy');
const unit = readFileSync(join(DEPLOY, 'tacet-relay@.service'), 'utf8');
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test('the unit takes every right away that a relay does not need', () => {
  for (const line of [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'CapabilityBoundingSet=',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
    'SystemCallFilter=@system-service',
    'LimitCORE=0',
    'UMask=0077',
  ]) {
    assert.match(unit, new RegExp(`^${line}$`, 'm'));
  }
  // The engine writes the code it runs.
  assert.doesNotMatch(unit, /^MemoryDenyWriteExecute=yes/m);
});

test('systemd finds little to object to in the unit', {
  skip: hasSystemd ? false : 'systemd-analyze is not installed',
}, () => {
  const dir = tempDir();
  const path = join(dir, 'tacet-relay@x.service');
  copyFileSync(join(DEPLOY, 'tacet-relay@.service'), path);
  // In tenths: 2.0 of 10 is the most that is let pass.
  const { status, stdout, stderr } = spawnSync(
    'systemd-analyze',
    ['security', '--offline=yes', '--threshold=20', '--no-pager', path],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
});

test('the container runs as nobody special, with nothing to write but its volume', () => {
  const container = readFileSync(join(DEPLOY, 'Containerfile'), 'utf8');
  assert.match(container, /^USER 7700$/m);
  assert.match(container, /^STOPSIGNAL SIGTERM$/m);
  assert.match(container, /^VOLUME \/relay$/m);
  const compose = readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8');
  for (const line of ['read_only: true', 'cap_drop: \\[ALL\\]', 'no-new-privileges:true']) {
    assert.match(compose, new RegExp(line));
  }
});
