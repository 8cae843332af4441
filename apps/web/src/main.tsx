/** The page's entry: one root, one start. */
import { render } from 'preact';
import { followHistory } from './state/actions.ts';
import { start } from './state/lifecycle.ts';
import { App } from './ui/app.tsx';
import { carryPlainText } from './ui/carry.ts';
import { readParts } from './ui/later.tsx';

const root = document.getElementById('app');
if (root !== null) {
  followHistory();
  carryPlainText();
  render(<App />, root);
  void start().finally(readParts);
}
