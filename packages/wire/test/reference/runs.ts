/**
 * Byte strings in vectors: hexadecimal words joined by spaces; `hex*n` repeats a word n times.
 * Long fills stay short that way.
 */
export function fromRuns(text: string): Uint8Array {
  const bytes = text.split(' ').flatMap((word) => {
    const [hex = '', times = '1'] = word.split('*');
    const once = [...Uint8Array.fromHex(hex)];
    return Array.from({ length: Number(times) }, () => once).flat();
  });
  return Uint8Array.from(bytes);
}

const SHORTEST_RUN = 16;

export function toRuns(bytes: Uint8Array): string {
  const words: string[] = [];
  let plain = '';
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes.subarray(at, at + 1);
    let end = at;
    while (end < bytes.length && bytes[end] === byte[0]) end++;
    if (end - at < SHORTEST_RUN) {
      plain += bytes.subarray(at, end).toHex();
    } else {
      if (plain !== '') words.push(plain);
      plain = '';
      words.push(`${byte.toHex()}*${end - at}`);
    }
    at = end;
  }
  if (plain !== '') words.push(plain);
  return words.join(' ');
}
