/** Links, machine paths and hosts that must not stand in the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { Finding } from '../lib/report.ts';
import { anchorsOf, linksOf } from './markdown.ts';

/** Relative links of one page: inside the repository, existing, with an existing heading. */
export function checkLinks(root: string, file: string, markdown: string): Finding[] {
  const findings: Finding[] = [];
  for (const { target, line } of linksOf(markdown)) {
    if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
    const [path = '', anchor = ''] = target.split('#', 2);
    const resolved = path === '' ? file : posix.join(dirname(file), decodeURIComponent(path));
    if (resolved.startsWith('../') || path.startsWith('/')) {
      findings.push({ file, line, message: `link leaves the repository: ${target}` });
    } else if (!existsSync(join(root, resolved))) {
      findings.push({ file, line, message: `dead link: ${target}` });
    } else if (anchor !== '' && resolved.endsWith('.md')) {
      const anchors = anchorsOf(readFileSync(join(root, resolved), 'utf8'));
      if (!anchors.has(anchor)) findings.push({ file, line, message: `no heading: ${target}` });
    }
  }
  return findings;
}

/** Files and folders named in backticks, e.g. `packages/onion/src`, must exist too. */
export function checkNamedFiles(root: string, file: string, markdown: string): Finding[] {
  const findings: Finding[] = [];
  markdown.split('\n').forEach((text, i) => {
    const named = /`((?:packages|apps|lab|e2e|tools|docs|vectors)\/[\w./-]+)[`:]/g;
    for (const match of text.matchAll(named)) {
      const path = match[1] ?? '';
      if (/NNNN|\bname\b/.test(path) || existsSync(join(root, path))) continue;
      findings.push({ file, line: i + 1, message: `no such file: ${path}` });
    }
  });
  return findings;
}

/** The people of our examples may have a home. */
const MACHINE_PATH =
  /(?<![\w.~/$}-])\/(?:work|root|mnt|home\/(?!alice|bob)\w+|Users\/\w+)(?:\/|\b(?![-\w]))/;
const OTHER_REGISTRY =
  /https?:\/\/(?!registry\.npmjs\.org\b)[\w.-]*(?:registry|npm|artifactory|nexus|pypi|verdaccio)[\w.-]*[:/]/;

/** Absolute paths of some machine, and package registries other than the public one. */
export function checkPlaces(file: string, text: string): Finding[] {
  const findings: Finding[] = [];
  text.split('\n').forEach((line, i) => {
    const path = MACHINE_PATH.exec(line)?.[0];
    if (path) findings.push({ file, line: i + 1, message: `path of one machine: ${path}` });
    const host = OTHER_REGISTRY.exec(line)?.[0];
    if (host) findings.push({ file, line: i + 1, message: `registry host: ${host}` });
    const lock = /"resolved": "(https?:[^"]*)"/.exec(line)?.[1];
    if (lock && !lock.startsWith('https://registry.npmjs.org/')) {
      findings.push({ file, line: i + 1, message: 'lock file names another registry' });
    }
  });
  return findings;
}
