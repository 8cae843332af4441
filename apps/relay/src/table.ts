/** Every command of `tacet-relay`, in the order of help. */
import type { Command } from './command.ts';
import { authorityAllow, authorityList, authorityRemove } from './commands/authority.ts';
import { card } from './commands/card.ts';
import { completionOf } from './commands/completion.ts';
import { configCheck, configKeys } from './commands/config.ts';
import { doctor } from './commands/doctor.ts';
import { drain } from './commands/drain.ts';
import { init } from './commands/init.ts';
import { keyRotate } from './commands/key.ts';
import { networkCreate } from './commands/network.ts';
import { resources } from './commands/resources.ts';
import { run } from './commands/run.ts';
import { runAll } from './commands/run-all.ts';
import { status } from './commands/status.ts';

export const COMMANDS: readonly Command[] = [
  networkCreate,
  init,
  run,
  runAll,
  status,
  doctor,
  drain,
  keyRotate,
  authorityAllow,
  authorityList,
  authorityRemove,
  card,
  configCheck,
  configKeys,
  resources,
  completionOf(() => COMMANDS),
];
