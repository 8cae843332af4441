/**
 * The page a launcher opens: it leads to the one-time address, so that the ticket never stands
 * in a process argument. The daemon writes it with mode 0600 and removes it soon after.
 */

/** @param url as `ticket()` gave it. */
export function launchPage(url: string): string {
  const target = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return [
    '<!doctype html>',
    '<html lang="en"><meta charset="utf-8"><title>Tacet</title>',
    '<meta name="referrer" content="no-referrer">',
    `<meta http-equiv="refresh" content="0;url=${target}">`,
    '<p>Opening Tacet.</p></html>',
    '',
  ].join('\n');
}
