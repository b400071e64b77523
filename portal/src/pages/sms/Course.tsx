// How getting a number goes: while it runs, and what came of it.
import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../../api/problem';
import { grouped } from '../../app/numbers';
import { Banner } from '../../ui/Banner';
import { Button, ButtonLink } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { ProblemNote } from '../../ui/ProblemNote';
import { Progress } from '../../ui/Small';
import { useFormat } from '../../words/format';
import { useSms } from '../../words/sms';
import type { Operation } from './operation';

const STEPS = ['searching', 'buying', 'done'] as const;
/** A refusal is of interest for as long as the quota that it may come from. */
const REMEMBERED_MS = 7 * 86_400_000;

interface Props {
  readonly operation: Operation;
  /** Why it could not be looked at, the last time. */
  readonly watched: Problem | undefined;
  /** It has moved while this page was open. */
  readonly fresh: boolean;
  readonly onAgain: () => void;
}

export function Course({ operation, watched, fresh, onAgain }: Props) {
  if (operation.state === 'running') return <Running operation={operation} watched={watched} />;
  if (operation.state === 'failed') return <Failed operation={operation} onAgain={onAgain} />;
  return fresh && operation.number ? <Bought number={operation.number} /> : null;
}

function Running({ operation, watched }: Pick<Props, 'operation' | 'watched'>) {
  const w = useSms();
  const now = STEPS.indexOf(operation.step);
  return (
    <div class="sms-course">
      <div role="status">
        <Progress label={w(`course.${operation.step}`)} />
      </div>
      <ol class="sms-steps">
        {STEPS.map((step, index) => (
          <li
            key={step}
            class={index < now ? 'sms-step-done' : index === now ? 'sms-step-now' : ''}
            aria-current={index === now ? 'step' : undefined}
          >
            <span class="sms-step-mark">{index < now ? <Icon name="check" /> : index + 1}</span>
            {w(`step.${step}`)}
          </li>
        ))}
      </ol>
      <p class="sms-course-text">
        <Elapsed since={operation.started_at} /> {w('course.wait')}
      </p>
      {watched &&
        (watched.passing ? (
          <Banner tone="warning" title={w('course.unheard')}>
            <p>{w('course.unheard.text')}</p>
          </Banner>
        ) : (
          <ProblemNote problem={watched} onRetry={() => location.reload()} />
        ))}
    </div>
  );
}

/** Counts by itself; readers are not told each second. */
function Elapsed({ since }: { since: string }) {
  const w = useSms();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - new Date(since).getTime()) / 1_000));
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <span class="sms-elapsed" role="timer">
      {w('course.elapsed', { time: clock })}
    </span>
  );
}

function Failed({ operation, onAgain }: Pick<Props, 'operation' | 'onAgain'>) {
  const w = useSms();
  const format = useFormat();
  if (!operation.problem || Date.now() - Date.parse(operation.updated_at) > REMEMBERED_MS) return null;
  const { code, detail, fix } = operation.problem;
  return (
    <div class="stack">
      <ProblemNote
        problem={new Problem({ status: 409, code, detail, fix })}
        actions={
          // While nobody knows whether one was bought, another would be the wrong thing to press.
          code !== 'numbers.unclear' && (
            <Button small icon="refresh" onClick={onAgain}>
              {w('course.again')}
            </Button>
          )
        }
      />
      <p class="field-hint sms-course-text">
        {w('course.failed', { when: format.relative(operation.updated_at), step: w(`step.${operation.step}`) })}
      </p>
    </div>
  );
}

function Bought({ number }: { number: string }) {
  const w = useSms();
  return (
    <Banner
      tone="success"
      live
      title={w('bought', { number: grouped(number) })}
      actions={<ButtonLink href="/setup">{w('bought.use')}</ButtonLink>}
    >
      <p>{w('bought.text')}</p>
    </Banner>
  );
}
