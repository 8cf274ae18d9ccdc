/** The bytes of the record that the chosen event is about: on the wire and decrypted, field by field, each with the section that defines it. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PackedField } from '../../data.js';
import type { MomentOptions } from './moment.js';

/** A field in a line of its own. */
interface Line {
  readonly field: PackedField;
  readonly depth: number;
  /** Which bytes its offsets count in: 0 the record's, then those of each `inside` in order. */
  readonly space: number;
  readonly parent: number;
}

interface Flat {
  readonly lines: readonly Line[];
  readonly spaces: readonly { readonly name: string; readonly bytes: string }[];
}

export function Bytes({ run, event }: MomentOptions) {
  const places = useMemo(() => new Map(run.bytes.at.map(([n, record, field]) => [n, [record, field] as const])), [run]);
  const [recordAt, fieldAt] = places.get(event) ?? places.get(run.partner[event] ?? -1) ?? [-1, 0];
  const record = run.bytes.records[recordAt];
  const flat = useMemo(() => (record === undefined ? undefined : flattened(record.field, record.bytes)), [record]);
  const [marked, mark] = useState(fieldAt);
  const chosenLine = useRef<HTMLTableRowElement>(null);
  useLayoutEffect(() => mark(fieldAt), [record, fieldAt]);
  useEffect(() => chosenLine.current?.scrollIntoView({ block: 'nearest' }), [record, fieldAt]);
  if (record === undefined || flat === undefined) {
    return (
      <p class="none">
        {run.bytes.records.length === 0
          ? 'This report has no bytes.'
          : 'Choose a message, a record or an alert: its bytes are shown here.'}
      </p>
    );
  }
  const line = flat.lines[marked] ?? flat.lines[0];
  const space = line?.space ?? 0;
  return (
    <div class="bytes">
      <p class="more">
        A record of connection {record.connection}, sent by {record.from}
        {flat.spaces.length > 1 ? '; decrypted below it on the wire' : ''}
      </p>
      {flat.spaces.map(({ name, bytes }, i) => (
        <Dump
          key={`${recordAt} ${i}`}
          name={name}
          bytes={bytes}
          from={i === space ? (line?.field[1] ?? 0) : 0}
          length={i === space ? (line?.field[2] ?? 0) : 0}
        />
      ))}
      <table class="fields">
        <thead>
          <tr>
            <th scope="col">field</th>
            <th scope="col">value</th>
            <th scope="col">defined in</th>
          </tr>
        </thead>
        <tbody>
          {flat.lines.map(({ field, depth }, i) => {
            const [name, offset, length, value, source = '', children = [], problem = ''] = field;
            return (
              <tr key={i} ref={i === fieldAt ? chosenLine : null} class={i === marked ? 'chosen' : ''}>
                <th scope="row" style={{ paddingLeft: `${depth * 12 + 4}px` }}>
                  <button
                    type="button"
                    aria-pressed={i === marked}
                    title={`${length} bytes from ${offset}`}
                    onClick={() => mark(i)}
                  >
                    {name}
                  </button>
                </th>
                <td class={children.length > 0 ? 'short' : ''}>
                  {value}
                  {problem !== '' && <b class="bad-text"> {problem}</b>}
                </td>
                <td class="source">{source}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function flattened(root: PackedField, bytes: string): Flat {
  const lines: Line[] = [];
  const spaces = [{ name: 'on the wire', bytes }];
  const walk = (field: PackedField, depth: number, space: number, parent: number): void => {
    const at = lines.length;
    lines.push({ field, depth, space, parent });
    const [, , , , , children = [], , inside] = field;
    for (const child of children) walk(child, depth + 1, space, at);
    if (inside === undefined) return;
    const [name, inner, fields] = inside;
    spaces.push({ name: name === 'plaintext' ? 'decrypted' : 'put together', bytes: inner });
    const number = spaces.length - 1;
    for (const child of fields) walk(child, depth + 1, number, at);
  };
  walk(root, 0, 0, -1);
  return { lines, spaces };
}

const perLine = 16;

interface DumpOptions {
  readonly name: string;
  readonly bytes: string;
  readonly from: number;
  readonly length: number;
}

function Dump({ name, bytes, from, length }: DumpOptions) {
  const count = bytes.length / 2;
  const lines = Array.from({ length: Math.ceil(count / perLine) }, (_, i) => i * perLine);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const { current } = box;
    if (current === null || length === 0) return;
    const line = current.querySelectorAll<HTMLElement>('.dump-line')[Math.floor(from / perLine)];
    if (line !== undefined) current.scrollTop = Math.max(0, line.offsetTop - current.offsetTop - 20);
  }, [from, length]);
  return (
    <figure class="dump-figure">
      <figcaption>
        {name}, {count} bytes
      </figcaption>
      <section
        ref={box}
        class="dump"
        aria-label={`${name}: bytes ${from} to ${from + length} are marked`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        {lines.map((at) => (
          <div class="dump-line" key={at}>
            <span class="dump-offset">{at.toString(16).padStart(4, '0')}</span>
            {Array.from({ length: Math.min(perLine, count - at) }, (_, i) => at + i).map((place) => (
              <span key={place} class={place >= from && place < from + length ? 'in' : ''}>
                {bytes.slice(place * 2, place * 2 + 2)}
              </span>
            ))}
          </div>
        ))}
      </section>
    </figure>
  );
}
