import { useState } from 'preact/hooks';
import { configuration } from '../session/config';
import { session } from '../session/session';
import { useStore } from '../store';
import { useCommon } from '../words/common';
import { LANGUAGES, type Language, language } from '../words/language';
import { speak } from '../words/words';
import { setTheme, THEMES, type Theme, theme } from './theme';

/** Language, theme, version, documentation. */
export function Footer() {
  const t = useCommon();
  const spoken = useStore(language);
  const chosen = useStore(theme);
  const [busy, setBusy] = useState(false);
  const docs = useStore(session).kind === 'starting' ? undefined : docsOf();
  const change = async (next: Language) => {
    setBusy(true);
    try {
      await speak(next);
    } finally {
      setBusy(false);
    }
  };
  return (
    <footer class="foot">
      <span>{t('version', { version: __VERSION__ })}</span>
      {docs && (
        <a href={docs} target="_blank" rel="noreferrer">
          {t('docs')}
        </a>
      )}
      <span class="foot-gap" />
      <label>
        {t('language')}
        <select
          class="foot-select"
          aria-busy={busy}
          value={spoken}
          onChange={(event) => change(event.currentTarget.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag} selected={tag === spoken}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('theme')}
        <select class="foot-select" value={chosen} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
          {THEMES.map((one) => (
            <option key={one} value={one} selected={one === chosen}>
              {t(`theme.${one}`)}
            </option>
          ))}
        </select>
      </label>
    </footer>
  );
}

function docsOf(): string | undefined {
  try {
    return configuration().docs;
  } catch {
    return undefined; // it could not be loaded: the page says so
  }
}
