// What this browser remembers between visits: where one was, the language, the theme. Never who someone is, and never a
// token. Storage may be forbidden (a policy, a private window): then nothing is remembered, and nothing breaks.

const PREFIX = 'visitbridge.';

export type Remembered = 'theme' | 'language' | 'place' | 'connection' | 'geography' | 'tenant';

export function recall(name: Remembered): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Remembers; null forgets. */
export function remember(name: Remembered, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Forbidden, or full.
  }
}
