/** The keys, and what the filter takes. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { keys } from './keys.js';

const shownAs: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  PageDown: 'Page ↓',
  PageUp: 'Page ↑',
};

export function Help({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" onClose={close} aria-labelledby="help-title">
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {keys.map(({ key, does }) => (
          <div key={does}>
            <dt>
              {key.map((one) => (
                <kbd key={one}>{shownAs[one] ?? one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h2>Filter</h2>
      <p>
        Every word must be found: in a call, a step, a host, an object's name, a code. <code>-word</code> leaves out.{' '}
        <code>host:client</code>, <code>step:client-9</code> and <code>kind:count</code> look at one thing;{' '}
        <code>session#3</code> is an object by its number.
      </p>
      <p>The address says which moment is shown: copy it to point somebody there.</p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
