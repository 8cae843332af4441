/** The workspace as its package.json files describe it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Member {
  /** e.g. `packages/base` */
  readonly folder: string;
  /** e.g. `@tacet/base` */
  readonly name: string;
  /** Keys of the `exports` map. */
  readonly exports: ReadonlySet<string>;
  readonly dependencies: Readonly<Record<string, string>>;
}

interface PackageJson {
  name?: string;
  exports?: string | Record<string, unknown>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

export function readPackage(root: string, folder: string): PackageJson {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as PackageJson;
}

export function readMembers(root: string, files: readonly string[]): Member[] {
  return files
    .filter((file) => file.endsWith('/package.json'))
    .map((file) => {
      const folder = file.slice(0, -'/package.json'.length);
      const json = readPackage(root, folder);
      const keys = typeof json.exports === 'object' ? Object.keys(json.exports) : ['.'];
      return {
        folder,
        name: json.name ?? folder,
        exports: new Set(keys),
        dependencies: { ...json.dependencies, ...json.devDependencies },
      };
    });
}

/** `@scope/name/sub/path` -> [`@scope/name`, `./sub/path`]; a bare name gives `.`. */
export function splitSpecifier(specifier: string): [name: string, subpath: string] {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  const rest = parts.slice(length).join('/');
  return [parts.slice(0, length).join('/'), rest === '' ? '.' : `./${rest}`];
}
