/** How a misuse is told: what it is of, who holds the object, and who freed it. */
import type { Misuse } from './misuse.js';
import type { Names, Thing } from './names.js';
import type { Claim, MisuseLine } from './observation.js';

/** @param context - `look` brings what was last seen up to date; `tellsHolders` is of the model alone */
export function misuseLine(
  step: number,
  call: string,
  { kind, handle, thing }: Misuse,
  { names, look, tellsHolders }: { readonly names: Names; readonly look: () => void; readonly tellsHolders: boolean },
): MisuseLine {
  const freedBy = kind === 'use-after-free' ? thing?.freedBy : kind === 'not-owned' ? thing?.givenBackBy : undefined;
  if (tellsHolders && thing?.alive === true) look();
  const held = tellsHolders && thing?.alive === true ? holdersOf(thing, names) : undefined;
  return {
    step,
    call,
    misuse: kind,
    handle,
    ...(held === undefined ? {} : { held }),
    ...(freedBy === undefined ? {} : { freedBy }),
  };
}

/** Who holds an object: the program, connections that have it as their session, the cache that it is in. */
function holdersOf(thing: Thing, names: Names): readonly Claim[] {
  const holders: Claim[] = [...thing.references];
  for (const other of names.things()) {
    if (other.alive && other.seen?.kind === 'ssl' && other.seen.session === thing.object) {
      holders.push({ holder: other.name, step: other.since });
    }
  }
  if (thing.seen?.kind === 'session' && thing.seen.cachedIn !== null) {
    const cache = names.thing(thing.seen.cachedIn)?.name ?? 'a context';
    holders.push({ holder: `the cache of ${cache}`, step: thing.since });
  }
  return holders;
}
