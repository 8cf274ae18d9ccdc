/** Dark or light: as the system has it, until one says otherwise. */
import { useEffect, useState } from 'preact/hooks';

type Theme = 'system' | 'light' | 'dark';
const next: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const stored = 'simtls-theme';

export function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(() => {
    const was = remembered();
    return was === 'light' || was === 'dark' ? was : 'system';
  });
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    dispatchEvent(new Event('simtls-theme'));
    try {
      localStorage.setItem(stored, theme);
    } catch {
      // A page from disk may have no storage: it is as the system has it next time.
    }
  }, [theme]);
  return (
    <button type="button" class="theme" onClick={() => setTheme(next[theme])} aria-label={`Colours: ${theme}. Change`}>
      {{ system: '◐', light: '☀', dark: '☾' }[theme]}
    </button>
  );
}

function remembered(): string | null {
  try {
    return localStorage.getItem(stored);
  } catch {
    return null;
  }
}
