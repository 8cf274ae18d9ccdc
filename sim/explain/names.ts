/** The names of the objects of a run, as its steps bound them. */
import type { BoundName } from '../world/index.js';

export interface Names {
  /** To be told of each name: an object keeps its first, a name stands for its last object. */
  readonly onName: (bound: BoundName) => void;
  /** The name of an object of the last process of a host. */
  of(host: string, object: number): string | undefined;
  object(host: string, name: string): number | undefined;
}

/** An empty book of names. */
export function namesOfRun(): Names {
  const hosts = new Map<
    string,
    { run: number; readonly names: Map<number, string>; readonly objects: Map<string, number> }
  >();
  return {
    onName({ host, run, name, object }) {
      let book = hosts.get(host);
      if (book === undefined || book.run !== run) {
        book = { run, names: new Map(), objects: new Map() };
        hosts.set(host, book);
      }
      if (!book.names.has(object)) book.names.set(object, name);
      book.objects.set(name, object);
    },
    of: (host, object) => hosts.get(host)?.names.get(object),
    object: (host, name) => hosts.get(host)?.objects.get(name),
  };
}

/** The text with `ssl#3` and its like replaced by names, where there are some. */
export function translated(text: string, nameOf: (object: number) => string | undefined): string {
  return text.replaceAll(/(?:ctx|ssl|session)#(\d+)/gu, (label, digits: string) => nameOf(Number(digits)) ?? label);
}
