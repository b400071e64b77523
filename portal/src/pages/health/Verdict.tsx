// The whole in a sentence, when it was looked at, and the button to look again.
import type { RefObject } from 'preact';
import { Button } from '../../ui/Button';
import { Icon, type IconName } from '../../ui/Icon';
import { Badge, Progress, type Tone } from '../../ui/Small';
import { useFormat } from '../../words/format';
import { useHealth } from '../../words/health';
import { type Diagnosis, LEVELS, type Level, ofLevel } from './findings';

const TONES: Record<Level, Tone> = {
  error: 'danger',
  warning: 'warning',
  unknown: 'neutral',
  info: 'neutral',
  ok: 'success',
};
export const ICONS = { error: 'error', warning: 'warning', ok: 'check' } as const satisfies Partial<
  Record<Level, IconName>
>;

/** The level that the whole is called by. */
export const worstOf = (of: Diagnosis) =>
  (['error', 'warning'] as const).find((level) => ofLevel(of, level).length > 0) ?? 'ok';

/** "2 things do not work". */
export function useVerdict(): (of: Diagnosis) => string {
  const w = useHealth();
  return (of) => {
    const worst = worstOf(of);
    return worst === 'ok' ? w('verdict.ok') : w(`verdict.${worst}`, { count: ofLevel(of, worst).length });
  };
}

/** Nothing is known yet. */
export function Running() {
  const w = useHealth();
  return (
    <div class="card" role="status" aria-busy="true">
      <Progress label={w('running')} />
    </div>
  );
}

interface Props {
  readonly of: Diagnosis;
  readonly zone: string;
  /** Being looked at again; what was found before stays in sight. */
  readonly busy: boolean;
  readonly onAgain: () => void;
  readonly head: RefObject<HTMLDivElement | null>;
}

export function Verdict({ of, zone, busy, onAgain, head }: Props) {
  const w = useHealth();
  const format = useFormat();
  const verdict = useVerdict();
  const worst = worstOf(of);
  const at = format.dateTime(of.checked_at, zone || 'UTC');
  return (
    <section class={`card health-verdict health-${worst}`} aria-busy={busy || undefined}>
      <div class="health-head" ref={head} tabIndex={-1}>
        <Icon name={ICONS[worst]} />
        <div>
          <h2>{verdict(of)}</h2>
          <p class="health-at">{w('checked', { at })}</p>
        </div>
      </div>
      <div class="row">
        {LEVELS.map((level) => {
          const count = ofLevel(of, level).length;
          return (
            count > 0 && (
              <Badge key={level} tone={TONES[level]}>
                {w(`count.${level}`, { count })}
              </Badge>
            )
          );
        })}
      </div>
      <Button class="health-again" icon="refresh" busy={busy} onClick={onAgain}>
        {w('again')}
      </Button>
      {busy && (
        <div class="health-running">
          <Progress label={w('running')} />
        </div>
      )}
    </section>
  );
}
