/** A process that makes a backup and dies at one of its steps on the disk. */
import { watchDisk } from '../disk-steps.ts';

const [dir = '', at = '', fate = ''] = process.argv.slice(2);
watchDisk(Number(at), fate === 'torn' ? 'torn' : 'killed');
// Loaded with the watched disk.
const { AFTER } = await import('./kill-scene.ts');
await AFTER(dir);
