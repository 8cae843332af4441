/**
 * Checks the import table (tools/deps/table.ts), cycles, and the ban on ambient time, randomness
 * and I/O in layers 0-3. Reads every package.json and every import, type imports included.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { cyclesOf } from './deps/cycles.ts';
import { ADAPTER_LIBRARIES, EXCEPTIONS, type Row, TABLE, TEST_OUTSIDE } from './deps/table.ts';
import { bannedUses } from './deps/words.ts';
import { type Member, readMembers, readPackage, splitSpecifier } from './deps/workspace.ts';
import { importsOf } from './lib/imports.ts';
import { type CheckResult, type Finding, report } from './lib/report.ts';
import { scan } from './lib/scan.ts';
import { isCode, listFiles, REPOSITORY } from './lib/tree.ts';

type Area = 'src' | 'test' | 'other';

interface Place {
  readonly file: string;
  readonly folder: string;
  readonly row: Row;
  readonly area: Area;
}

export function checkDeps(root: string): CheckResult {
  const files = listFiles(root);
  const members = readMembers(root, files);
  const byName = new Map(members.map((member) => [member.name, member]));
  const known = new Set(files);
  const findings: Finding[] = [];
  const packageGraph = new Map<string, Set<string>>();
  const fileGraph = new Map<string, Set<string>>();
  let imports = 0;

  for (const member of members) findings.push(...checkManifest(root, member, byName));

  for (const file of files.filter(isCode)) {
    const place = placeOf(file);
    if (place === null) {
      if (/^(packages|apps)\//.test(file)) {
        findings.push({ file, message: 'folder has no row in tools/deps/table.ts' });
      }
      continue;
    }
    const add = (line: number, message: string): void => {
      findings.push({ file, line, message });
    };
    const { tokens } = scan(readFileSync(join(root, file), 'utf8'));
    const sites = importsOf(tokens);
    imports += sites.length;

    for (const { specifier, line } of sites) {
      if (specifier === null) {
        if (place.row.pure && place.area === 'src') add(line, 'import of a computed module');
      } else if (specifier.startsWith('.')) {
        const problem = checkRelative(place, specifier, known);
        if (problem) add(line, problem);
        if (place.area === 'src') {
          edge(fileGraph, file, posix.join(dirname(file), specifier));
        }
      } else {
        const problem = checkBare(place, specifier, members, byName);
        if (problem) add(line, problem);
        const target = byName.get(splitSpecifier(specifier)[0]);
        if (target && place.area === 'src' && target.folder !== place.folder) {
          edge(packageGraph, place.folder, target.folder);
        }
      }
    }
    if (place.row.pure && place.area === 'src') {
      for (const { word, line } of bannedUses(tokens)) {
        if (!excepted(file, word)) add(line, `${word} in a layer without ambient state`);
      }
    }
  }

  for (const cycle of cyclesOf(packageGraph)) {
    findings.push({ file: '', message: `packages import each other: ${cycle.join(', ')}` });
  }
  for (const cycle of cyclesOf(fileGraph)) {
    findings.push({ file: cycle[0] ?? '', message: `import cycle: ${cycle.join(', ')}` });
  }
  return { findings, summary: `${members.length} packages, ${imports} imports` };
}

function placeOf(file: string): Place | null {
  const folder = Object.keys(TABLE).find((candidate) => file.startsWith(`${candidate}/`));
  if (folder === undefined) return null;
  const rest = file.slice(folder.length + 1);
  const area: Area = rest.startsWith('src/') ? 'src' : /(^|\/)test\//.test(rest) ? 'test' : 'other';
  return { file, folder, row: TABLE[folder] as Row, area };
}

function checkManifest(root: string, member: Member, byName: ReadonlyMap<string, Member>) {
  const findings: Finding[] = [];
  const file = `${member.folder}/package.json`;
  const row = TABLE[member.folder];
  if (row === undefined) {
    return [{ file, message: 'a new package needs a row in tools/deps/table.ts and a decision' }];
  }
  for (const [name, version] of Object.entries(member.dependencies)) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
      findings.push({ file, message: `${name} is not pinned exactly: ${version}` });
    }
    const target = byName.get(name);
    const allowed = target
      ? matches(row.workspace, target.folder) || target.folder === 'packages/testkit'
      : matches(outsideOf(member.folder, row), name);
    if (!allowed && !excepted(file, name)) {
      findings.push({ file, message: `${name} is not in the row of ${member.folder}` });
    }
  }
  const overrides = readPackage(root, member.folder).optionalDependencies;
  if (overrides) findings.push({ file, message: 'optional dependencies belong to the root' });
  return findings;
}

function checkRelative(place: Place, specifier: string, known: ReadonlySet<string>) {
  const target = posix.join(dirname(place.file), specifier);
  const inside = target.startsWith(`${place.folder}/`);
  if (!inside) {
    const isVector = target.startsWith('vectors/') && place.area !== 'src';
    return isVector ? null : `relative import leaves ${place.folder}`;
  }
  if (!known.has(target)) return place.area === 'other' ? null : `no such file: ${specifier}`;
  const rest = target.slice(place.folder.length + 1);
  if (place.area === 'src' && !rest.startsWith('src/')) return `src imports ${rest}`;
  return place.folder === 'packages/adapters' && place.area === 'src'
    ? checkSibling(place.file, target)
    : null;
}

/** Adapters do not know each other; a folder that is no adapter itself may be shared. */
function checkSibling(file: string, target: string): string | null {
  const from = adapterOf(file);
  const to = adapterOf(target);
  if (from === to || to === null || !(to in ADAPTER_LIBRARIES)) return null;
  return `adapter ${from} imports adapter ${to}`;
}

function adapterOf(file: string): string | null {
  return /^packages\/adapters\/(?:src|test)\/([^/]+)\//.exec(file)?.[1] ?? null;
}

function checkBare(
  place: Place,
  specifier: string,
  members: readonly Member[],
  byName: ReadonlyMap<string, Member>,
): string | null {
  const [name, subpath] = specifier.startsWith('node:')
    ? [specifier, '.']
    : splitSpecifier(specifier);
  if (excepted(place.file, specifier)) return null;
  const target = byName.get(name);
  if (target === undefined) {
    if (name.startsWith('@tacet/')) return `no such package: ${name}`;
    const allowed = outsideOf(place.folder, place.row, adapterOf(place.file));
    if (matches(allowed, name)) return isDeclared(place, name, members);
    if (place.area === 'test' && matches(TEST_OUTSIDE, name)) return null;
    return `${name} is not in the row of ${place.folder}`;
  }
  if (!target.exports.has(subpath)) return `${specifier} is not exported by ${name}`;
  if (target.folder === place.folder) {
    return place.area === 'src' ? `${place.folder} imports itself by name` : null;
  }
  if (matches(place.row.workspace, target.folder)) return null;
  const layer = TABLE[target.folder]?.layer ?? Number.POSITIVE_INFINITY;
  const forTests = target.folder === 'packages/testkit' || layer < place.row.layer;
  if (place.area === 'test' && forTests) return null;
  return `${name} is not in the row of ${place.folder}`;
}

/** An allowed library must also stand in the package's own package.json. */
function isDeclared(place: Place, name: string, members: readonly Member[]): string | null {
  if (name.startsWith('node:') || place.area !== 'src') return null;
  const member = members.find((candidate) => candidate.folder === place.folder);
  return member && !(name in member.dependencies)
    ? `${name} is not among the dependencies of ${place.folder}`
    : null;
}

function outsideOf(folder: string, row: Row, adapter?: string | null): readonly string[] {
  if (folder !== 'packages/adapters') return row.outside;
  const libraries = adapter
    ? (ADAPTER_LIBRARIES[adapter] ?? [])
    : Object.values(ADAPTER_LIBRARIES).flat();
  return [...row.outside, ...libraries];
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name,
  );
}

function excepted(file: string, thing: string): boolean {
  return EXCEPTIONS.some(
    ({ path, allows }) =>
      (path.endsWith('/') ? file.startsWith(path) : file === path) && allows.includes(thing),
  );
}

function edge(graph: Map<string, Set<string>>, from: string, to: string): void {
  const targets = graph.get(from) ?? new Set<string>();
  targets.add(to);
  graph.set(from, targets);
}

if (import.meta.main) report('check-deps', checkDeps(REPOSITORY));
