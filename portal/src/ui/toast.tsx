// Short news: what was done, at the edge of the page; and what only a screen reader needs to hear.
import { useEffect } from 'preact/hooks';
import { makeStore, useStore } from '../store';
import { useCommon } from '../words/common';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';
import './toast.css';

type Tone = 'success' | 'info' | 'warning' | 'error';
interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
}

const SHOWN_MS = 7_000;
const toasts = makeStore<readonly Toast[]>([]);
const spoken = makeStore({ id: 0, text: '' });
let count = 0;

export const TONE_ICON: Record<Tone, IconName> = { success: 'check', info: 'info', warning: 'warning', error: 'error' };

/** Says what was done: "Connection saved". Never what went wrong: that stays where it went wrong. */
export function toast(text: string, tone: Tone = 'success'): void {
  count += 1;
  toasts.set([...toasts.get().slice(-2), { id: count, text, tone }]);
}

/** Says something to screen readers only, where others see it. */
export function announce(text: string): void {
  count += 1;
  spoken.set({ id: count, text });
}

const drop = (id: number) => toasts.set(toasts.get().filter((one) => one.id !== id));

function One({ toast: { id, text, tone } }: { toast: Toast }) {
  const t = useCommon();
  useEffect(() => {
    const timer = setTimeout(() => drop(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <div class={`toast toast-${tone}`}>
      <Icon name={TONE_ICON[tone]} />
      <span>{text}</span>
      <Button look="subtle" small icon="close" aria-label={t('dialog.close')} onClick={() => drop(id)} />
    </div>
  );
}

/** Where they appear; once, in the shell. */
export function Toasts() {
  const all = useStore(toasts);
  const { id, text } = useStore(spoken);
  return (
    <>
      <div class="toasts" role="status">
        {all.map((one) => (
          <One key={one.id} toast={one} />
        ))}
      </div>
      <div class="unseen" aria-live="assertive">
        <span key={id}>{text}</span>
      </div>
    </>
  );
}
