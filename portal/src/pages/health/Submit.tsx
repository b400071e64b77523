// Switching on and submitting for approval: both ask the approver to decide again.
import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useAction } from '../../api/hooks';
import { Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { api } from '../../session/session';
import { Button, ButtonLink } from '../../ui/Button';
import { ConfirmDialog } from '../../ui/Dialog';
import { ProblemNote } from '../../ui/ProblemNote';
import { toast } from '../../ui/toast';
import { useHealth } from '../../words/health';

interface Props {
  readonly kind: 'enable' | 'submit_for_approval';
  readonly about: string;
  readonly connection: Connection;
  readonly onAgain: () => void;
  readonly onChanged: (newest: Connection) => void;
}

export function Submit({ kind, about, connection, onAgain, onChanged }: Props) {
  const w = useHealth();
  const { id, etag, state, approver } = connection;
  const [asking, setAsking] = useState(false);
  /** Today's visits, once the API has told of them. */
  const [visits, setVisits] = useState(0);
  const close = () => {
    setAsking(false);
    setVisits(0);
  };
  const submit = useAction(async (confirm: boolean) => {
    const params = { path: { id }, header: { 'If-Match': etag }, query: confirm ? { confirm } : {} };
    try {
      onChanged(await ask(api().PATCH('/connections/{id}', { params, body: { state: 'needs_approval' } })));
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'connection.in_use') {
        setVisits(Number(thrown.fields.visits_today ?? 1));
        return;
      }
      close();
      // Somebody else was here: what is now is shown, so that the next attempt is made knowing it.
      if (thrown instanceof Problem && thrown.status === 412)
        onChanged(await ask(api().GET('/connections/{id}', { params: { path: { id } } })));
      throw thrown;
    }
    close();
    toast(w('submitted', { name: approver?.name ?? '' }));
    onAgain();
  });
  return (
    <div class="finding-actions no-print">
      <Button
        small
        look="primary"
        aria-describedby={about}
        busy={submit.busy}
        // One that is in service goes out of it by this.
        onClick={() => (state === 'approved' ? setAsking(true) : submit.run(false))}
      >
        {w(`do.${kind}`)}
      </Button>
      {submit.problem && (
        <ProblemNote
          problem={submit.problem}
          actions={
            <ButtonLink href={`${addressOf('connections')}?open=${encodeURIComponent(id)}`}>
              {w('do.open_connection')}
            </ButtonLink>
          }
        />
      )}
      <ConfirmDialog
        open={asking}
        title={w('submit.title')}
        confirm={visits ? w('submit.anyway') : w('do.submit_for_approval')}
        danger
        busy={submit.busy}
        onConfirm={() => submit.run(visits > 0)}
        onClose={close}
      >
        <p>{w('submit.text')}</p>
        <p role="status">{visits > 0 && <strong>{w('submit.visits', { count: visits })}</strong>}</p>
      </ConfirmDialog>
    </div>
  );
}
