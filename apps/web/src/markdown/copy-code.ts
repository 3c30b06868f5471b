/** Copies the code block whose Copy button was pressed. One listener serves every block of a message. */

const CONFIRMATION_MS = 2000;

/** Listener for clicks (a key press on the button is one) anywhere inside a rendered message. */
export async function copyCode(event: Event): Promise<void> {
  if (!(event.target instanceof Element)) return;
  const button = event.target.closest('button[data-markdown="copy"]');
  const code = button?.closest('[data-markdown="code"]')?.querySelector('code');
  if (!button || !code) return;
  const copied = await write(code);
  button.textContent = copied ? 'Copied' : 'Press Ctrl+C';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, CONFIRMATION_MS);
}

async function write(code: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent ?? '');
    return true;
  } catch {
    // No clipboard outside of a secure context, or no permission: leave the code selected for the reader's own copy.
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
