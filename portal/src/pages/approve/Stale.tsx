// Somebody has changed the connection while its approver looked at it.
import { useEffect, useRef } from 'preact/hooks';
import type { Connection } from '../../app/connections';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { useApprove } from '../../words/approve';
import { useCommon } from '../../words/common';
import { type Approval, differences, useFieldWords } from './fields';

interface Props {
  readonly connection: Connection;
  /** What they saw. */
  readonly seen: Approval;
  readonly onSeen: () => void;
}

/** What it was and what it is now. It takes the focus: what they were about to do was not done. */
export function Stale({ connection, seen, onSeen }: Props) {
  const t = useCommon();
  const w = useApprove();
  const frame = useRef<HTMLDivElement>(null);
  const changes = differences(seen, connection.approval);
  const people = changes.flatMap(({ field, before }) => (field === 'approver' ? [before] : []));
  const words = useFieldWords(connection, people);
  useEffect(() => frame.current?.focus(), []);
  return (
    <div ref={frame} tabIndex={-1} class="approve-focus">
      <Banner
        tone="warning"
        live
        title={w('stale')}
        actions={
          <Button
            small
            onClick={() => {
              // This button goes with the note.
              frame.current?.closest('.page')?.querySelector<HTMLElement>('h1')?.focus();
              onSeen();
            }}
          >
            {t('dialog.close')}
          </Button>
        }
      >
        <p>{w('stale.text')}</p>
        <ul class="approve-stale">
          {changes.map(({ field, before, after }) => (
            <li key={field}>
              <strong>{words.name(field)}</strong>
              <span class={words.isCode(field) ? 'code' : ''}>
                {after ? words.value(field, after) : w('mark.removed')}
              </span>
              {before && (
                <span class="approve-before">
                  {w('before')} <del class={words.isCode(field) ? 'code' : ''}>{words.value(field, before)}</del>
                </span>
              )}
            </li>
          ))}
        </ul>
        {!connection.approval.signed_in_until && <p>{w('stale.again')}</p>}
      </Banner>
    </div>
  );
}
