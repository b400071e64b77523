// What is typed as the reason of a rejection: it outlives the way to Epic's sign-in and back, in this tab only.
import { useState } from 'preact/hooks';

/** What the API takes. */
export const LONGEST_REASON = 500;

const keyOf = (id: string) => `visitbridge.reason.${id}`;

function kept(id: string): string {
  try {
    return sessionStorage.getItem(keyOf(id)) ?? '';
  } catch {
    return '';
  }
}

/** The reason and how to change it; an empty one is forgotten. */
export function useReason(id: string): [string, (text: string) => void] {
  const [reason, setReason] = useState(() => kept(id));
  const change = (text: string) => {
    setReason(text);
    try {
      if (text) sessionStorage.setItem(keyOf(id), text);
      else sessionStorage.removeItem(keyOf(id));
    } catch {
      // Storage is forbidden: then it is kept until the page is left.
    }
  };
  return [reason, change];
}
