/** A salvage in a process of its own, which dies at a step on the disk. */
import { watchDisk } from '../disk-steps.ts';
import { salvageTo } from './salvage-scene.ts';

const [from = '', to = '', at = '', fate = ''] = process.argv.slice(2);
watchDisk(Number(at), fate === 'torn' ? 'torn' : 'killed');
await salvageTo(from, to);
