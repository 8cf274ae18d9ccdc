/** A list of any length in a box of one height: only the rows in sight are there. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export const rowPx = 24;
/** Browsers lay out so much and no more; a longer list moves by more than one row where one scrolls by a row's height. */
const heightMaxPx = 8_000_000;
/** Rows on paper, at most: those around the chosen one. */
const printedMax = 1_500;
/** Rows beyond each edge. */
const spare = 8;

export interface Window {
  readonly first: number;
  readonly end: number;
  /** Where the first of them is put, from the top of all that scrolls. */
  readonly topPx: number;
  readonly heightPx: number;
}

export interface Scroller {
  readonly box: { current: HTMLDivElement | null };
  readonly window: Window;
  readonly onScroll: () => void;
}

/** @param row - is kept in sight whenever it changes */
export function useScroller(rows: number, row: number): Scroller {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 600 });
  const isPrinted = usePrinting();
  const onScroll = (): void => {
    const { current } = box;
    if (current !== null) setScroll({ top: current.scrollTop, height: current.clientHeight });
  };
  useLayoutEffect(onScroll, [rows]);
  useEffect(() => {
    const watch = new ResizeObserver(onScroll);
    if (box.current !== null) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null || rows === 0) return;
    const { clientHeight } = current;
    const ways = waysOf(rows, clientHeight);
    const seenTop = current.scrollTop * ways.ratio;
    const wanted = row * rowPx;
    if (wanted >= seenTop + rowPx && wanted <= seenTop + clientHeight - 3 * rowPx) return;
    const isNear = wanted > seenTop - 4 * rowPx && wanted < seenTop + clientHeight + 4 * rowPx;
    const top = isNear
      ? wanted < seenTop + rowPx
        ? wanted - 2 * rowPx
        : wanted - clientHeight + 4 * rowPx
      : wanted - clientHeight / 3;
    current.scrollTop = Math.max(0, top) / ways.ratio;
    onScroll();
  }, [row, rows]);
  return { box, window: isPrinted ? printedOf(rows, row) : windowOf(rows, scroll), onScroll };
}

function usePrinting(): boolean {
  const [is, set] = useState(false);
  useEffect(() => {
    const print = matchMedia('print');
    const onChange = (): void => set(print.matches);
    print.addEventListener('change', onChange);
    return () => print.removeEventListener('change', onChange);
  }, []);
  return is;
}

function printedOf(rows: number, row: number): Window {
  const first = Math.max(0, Math.min(row - printedMax / 2, rows - printedMax));
  const end = Math.min(rows, first + printedMax);
  return { first, end, topPx: 0, heightPx: (end - first) * rowPx };
}

function waysOf(rows: number, height: number): { readonly heightPx: number; readonly ratio: number } {
  const whole = rows * rowPx;
  const heightPx = Math.min(whole, heightMaxPx);
  const ratio = heightPx > height && whole > heightPx ? (whole - height) / (heightPx - height) : 1;
  return { heightPx, ratio };
}

function windowOf(rows: number, scroll: { readonly top: number; readonly height: number }): Window {
  const { height } = scroll;
  const { heightPx, ratio } = waysOf(rows, height);
  // There may be fewer rows than when it was scrolled.
  const top = Math.min(scroll.top, Math.max(0, heightPx - height));
  const seen = top * ratio;
  const first = Math.max(0, Math.floor(seen / rowPx) - spare);
  const end = Math.min(rows, Math.ceil((seen + height) / rowPx) + spare);
  return { first, end, topPx: top - (seen - first * rowPx), heightPx };
}
