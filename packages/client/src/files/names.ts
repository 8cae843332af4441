/**
 * A file's name from outside, as it may be shown and offered for saving on any system
 * (docs/spec/19-files.md, 6). A name is a claim: nothing here says what a file is.
 */

/** Code points, the extension included. */
const MOST = 120;
const LONGEST_EXTENSION = 16;
/** Separators of paths and streams, what shells and Windows expand. */
const SPECIAL = /[/\\:*?"<>|]/gu;
/**
 * Controls, formats (direction, joiners, soft hyphens), surrogates, private use, line ends, and what
 * takes room without a mark, so that an extension could stand far behind another: fillers, blank Braille.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** White space that is no plain space looks like one and hides an extension. */
const SPACES = /\p{Zs}+/gu;
const EDGES = /^[. ]+|[. ]+$/gu;
/** Spaces before the dot are none to Windows. */
const DEVICES = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?: ?\.|$)/iu;

/** Never empty, never hidden, never a path, never a device. */
export function fileName(claimed: string): string {
  // Composed when nothing stands between any more, so that a name that was made safe stays as it is.
  const seen = claimed.toWellFormed().replace(UNSEEN, '').normalize('NFC').replace(SPACES, ' ');
  const plain = seen.replace(SPECIAL, '_').replace(EDGES, '');
  if (plain === '') return 'file';
  return shortened(DEVICES.test(plain) ? `_${plain}` : plain).replace(EDGES, '');
}

/** Cut in the middle, so that what a system goes by stays: its last extension. */
function shortened(name: string): string {
  const points = [...name];
  if (points.length <= MOST) return name;
  const dot = points.lastIndexOf('.');
  const extension = points.length - dot <= LONGEST_EXTENSION && dot > 0 ? points.slice(dot) : [];
  return [...points.slice(0, MOST - extension.length), ...extension].join('');
}
