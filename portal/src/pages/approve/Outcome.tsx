// What was decided, and what comes next.
import { useEffect, useRef } from 'preact/hooks';
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { Banner } from '../../ui/Banner';
import { Button, ButtonLink } from '../../ui/Button';
import { useApprove } from '../../words/approve';
import { useFormat } from '../../words/format';

interface Props {
  readonly connection: Connection;
  /** Decided just now: it takes the focus. */
  readonly fresh: boolean;
  readonly onAgain: () => void;
}

export function Outcome({ connection, fresh, onAgain }: Props) {
  const w = useApprove();
  const format = useFormat();
  const frame = useRef<HTMLDivElement>(null);
  const { decision, state, zone } = connection;
  useEffect(() => {
    if (fresh) frame.current?.focus();
  }, [fresh]);
  const date = decision ? format.dateTime(decision.at, zone) : '';
  const approved = state === 'approved';
  return (
    <div ref={frame} tabIndex={-1} class="approve-focus">
      <Banner
        tone={approved ? 'success' : 'warning'}
        title={w(approved ? 'done.approved' : 'done.rejected', { date })}
        actions={
          <>
            {approved && (
              <ButtonLink look="primary" icon="copy" href={addressOf('records', connection.id)}>
                {w('done.records')}
              </ButtonLink>
            )}
            <Button onClick={onAgain}>{w('again')}</Button>
          </>
        }
      >
        {approved ? (
          <p>{w('done.approved.text')}</p>
        ) : (
          <>
            <p class="approve-reason">{w('done.rejected.reason', { reason: decision?.reason ?? '' })}</p>
            <p>{w('done.rejected.text')}</p>
          </>
        )}
        <p>{w(approved ? 'again.approved' : 'again.rejected')}</p>
      </Banner>
    </div>
  );
}
