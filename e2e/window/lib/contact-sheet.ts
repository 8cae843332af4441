/** All pictures of a run on one page, to be looked at side by side. */

export interface Sheet {
  readonly screens: readonly string[];
  readonly looks: readonly string[];
  /** Pictures that are not there, `screen-look`. */
  readonly missing: ReadonlySet<string>;
}

/** An HTML page beside pictures named `SCREEN-LOOK.png`: a row for each screen, a column for each look. */
export function contactSheet({ screens, looks, missing }: Sheet): string {
  const cell = (screen: string, look: string): string => {
    const name = `${screen}-${look}`;
    if (missing.has(name)) return '<td class="missing">not made</td>';
    return `<td><a href="${name}.png"><img loading="lazy" src="${name}.png" alt="${screen}, ${look}"></a></td>`;
  };
  const rows = screens.map(
    (screen) =>
      `<tr id="${screen}"><th scope="row">${screen}</th>${looks.map((look) => cell(screen, look)).join('')}</tr>`,
  );
  const heads = looks.map((look) => `<th scope="col">${look}</th>`).join('');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tacet: every screen</title>
<style>
body { margin: 1rem; font: 0.9rem/1.4 system-ui, sans-serif; }
table { border-collapse: collapse; }
th, td { padding: 0.5rem; vertical-align: top; text-align: start; }
thead th { position: sticky; inset-block-start: 0; background: #fff; }
img { inline-size: auto; block-size: 20rem; border: 1px solid #ccc; }
.missing { color: #a8211a; }
</style>
<h1>Every screen</h1>
<table>
<thead><tr><th></th>${heads}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</html>
`;
}
