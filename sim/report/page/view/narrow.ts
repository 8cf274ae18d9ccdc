/** Whether the window is as narrow as style.css has it. */
import { useEffect, useState } from 'preact/hooks';

const query = '(max-width: 900px)';

export function useNarrow(): boolean {
  const [is, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const asked = matchMedia(query);
    const onChange = (): void => set(asked.matches);
    asked.addEventListener('change', onChange);
    return () => asked.removeEventListener('change', onChange);
  }, []);
  return is;
}
