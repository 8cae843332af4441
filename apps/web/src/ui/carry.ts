/**
 * What leaves the page by copy or drag is plain text: no markup goes along into another program.
 * Files dropped on the page do not replace it.
 */
export function carryPlainText(): void {
  document.addEventListener('copy', (event) => {
    if (isField(event.target)) return;
    event.clipboardData?.setData('text/plain', String(getSelection()));
    event.preventDefault();
  });
  document.addEventListener('dragstart', (event) => {
    if (isField(event.target)) return;
    const text = String(getSelection());
    event.dataTransfer?.clearData();
    event.dataTransfer?.setData('text/plain', text);
  });
  for (const kind of ['dragover', 'drop'] as const) {
    document.addEventListener(kind, (event) => {
      if (!isField(event.target)) event.preventDefault();
    });
  }
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
