/** `open`: the window in a browser, by a one-time ticket that no process list shows. */
import { spawn } from 'node:child_process';
import type { Command } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export const open: Command = {
  path: 'open',
  summary: 'open the window in your browser',
  arity: [0, 0],
  options: {
    print: { type: 'boolean', help: 'print the one-time address instead of opening it' },
  },
  examples: ['tacet open', 'tacet --profile alice open --print'],
  details: 'The address works once and for half a minute.',
  async run(context) {
    const { url, file } = await (await context.api()).call('window.open', {});
    const opened = !context.flag('print') && !context.json && launchBrowser(file, context.terminal);
    context.show({ url, opened }, () => (opened ? '' : url));
    return undefined;
  },
};

/** The page in `file` (0600) leads to the ticket, so arguments hold a path only. */
function launchBrowser(file: string, terminal: Terminal): boolean {
  const program = browserCommand(terminal.env);
  if (program === null) return false;
  const [command, ...args] = program;
  if (command === undefined) return false;
  const child = spawn(command, [...args, file], { detached: true, stdio: 'ignore' });
  child.on('error', () => {
    terminal.err('no browser could be started: tacet open --print\n');
  });
  child.unref();
  return true;
}

function browserCommand(env: Terminal['env']): readonly string[] | null {
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['explorer.exe'];
  const desktop = (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
  return desktop ? ['xdg-open'] : null;
}
