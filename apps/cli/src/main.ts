/** Entry of `tacet`. */
import { EXIT } from './exit.ts';
import { run } from './run.ts';
import { systemTerminal } from './terminal.ts';

process.on('SIGINT', () => process.exit(EXIT.interrupted));
process.exitCode = await run(process.argv.slice(2), systemTerminal());
