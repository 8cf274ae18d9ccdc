/** How wide the window is: `narrow` as style/media.css has it. */
import { useEffect, useState } from 'preact/hooks';

type Room = 'narrow' | 'some' | 'wide';
const queries = ['(max-width: 900px)', '(max-width: 1400px)'] as const;

export function useRoom(): Room {
  const [room, set] = useState(roomNow);
  useEffect(() => {
    const asked = queries.map((query) => matchMedia(query));
    const onChange = (): void => set(roomNow());
    for (const one of asked) one.addEventListener('change', onChange);
    return () => {
      for (const one of asked) one.removeEventListener('change', onChange);
    };
  }, []);
  return room;
}

function roomNow(): Room {
  const [isNarrow, isMiddling] = queries.map((query) => matchMedia(query).matches);
  return isNarrow ? 'narrow' : isMiddling ? 'some' : 'wide';
}
