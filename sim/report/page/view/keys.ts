/** Keys of the sequence. */

export const keys: readonly { readonly key: readonly string[]; readonly action: string; readonly does: string }[] = [
  { key: ['ArrowDown', 'j'], action: 'next', does: 'next event' },
  { key: ['ArrowUp', 'k'], action: 'previous', does: 'event before' },
  { key: ['PageDown'], action: 'page-down', does: 'twenty on' },
  { key: ['PageUp'], action: 'page-up', does: 'twenty back' },
  { key: ['Home', 'g'], action: 'first', does: 'first event' },
  { key: ['End', 'G'], action: 'last', does: 'last event' },
  { key: ['o'], action: 'other-end', does: 'the other end of a message' },
  { key: ['n'], action: 'violation', does: 'next violation' },
  { key: ['/'], action: 'filter', does: 'filter' },
  { key: ['?'], action: 'help', does: 'this help' },
];

/** What a key asks for; undefined: nothing of ours, or it belongs to what has the focus. */
export function actionOf(pressed: KeyboardEvent): string | undefined {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.defaultPrevented) return undefined;
  const { target } = pressed;
  if (target instanceof Element) {
    if (target.closest('input, textarea, select, dialog') !== null) return undefined;
    // Tabs, trees and buttons have the arrows and scrolling for themselves.
    const own = target.closest('[role=tablist], [role=tabpanel], summary');
    if (own !== null && /^(?:Arrow|Page|Home|End)/.test(pressed.key)) return undefined;
  }
  return keys.find(({ key }) => key.includes(pressed.key))?.action;
}
