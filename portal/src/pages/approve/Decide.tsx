// Step 3: approve, or reject with a reason. What was seen is named, so that nothing else is decided on.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useAction } from '../../api/hooks';
import { Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { api } from '../../session/session';
import { Button } from '../../ui/Button';
import { ConfirmDialog } from '../../ui/Dialog';
import { ProblemNote } from '../../ui/ProblemNote';
import { TextArea } from '../../ui/TextField';
import { toast } from '../../ui/toast';
import { useApprove } from '../../words/approve';
import { useCommon } from '../../words/common';
import { LONGEST_REASON, useReason } from './reason';
import { Step } from './Step';

interface Props {
  readonly connection: Connection;
  readonly signedIn: boolean;
  readonly onDecided: (newest: Connection) => void;
  /** Nothing was decided, for the connection or the sign-in is no longer what it was. */
  readonly onMoved: (code: string) => void;
}

/** The page itself says what to do about these, once it is loaded anew. */
const MOVED = [
  'precondition.failed',
  'approval.evidence_missing',
  'approval.not_approver',
  'connection.not_approved',
  'not_found',
];

export function Decide({ connection, signedIn, onDecided, onMoved }: Props) {
  const w = useApprove();
  const { id, state, approval } = connection;
  const [reason, setReason] = useReason(id);
  const [rejecting, setRejecting] = useState(reason !== '');
  const [asking, setAsking] = useState(false);
  const opener = useRef<HTMLDivElement>(null);
  const decide = useAction(async (decision: 'approve' | 'reject') => {
    try {
      const body = { decision, configuration: approval.configuration, reason: decision === 'reject' ? reason : '' };
      const newest = await ask(api().POST('/connections/{id}/approval', { params: { path: { id } }, body }));
      setReason('');
      toast(w(decision === 'approve' ? 'toast.approved' : 'toast.rejected'));
      onDecided(newest);
    } catch (thrown) {
      if (thrown instanceof Problem && MOVED.includes(thrown.code)) onMoved(thrown.code);
      throw thrown;
    } finally {
      setAsking(false);
    }
  });
  const lacking = decide.problem?.code === 'approval.reason_missing';
  const trouble = decide.problem && !lacking && !MOVED.includes(decide.problem.code) ? decide.problem : undefined;
  if (!signedIn) return <Step number={3} title={w('decide')} lead={w('decide.locked')} />;
  return (
    <Step number={3} title={w('decide')} lead={state !== 'approved' && !rejecting && w('decide.text')}>
      <div class="stack" ref={opener}>
        {trouble && <ProblemNote problem={trouble} />}
        {rejecting ? (
          <RejectForm
            reason={reason}
            lacking={lacking}
            busy={decide.busy}
            onChange={(text) => {
              setReason(text);
              if (lacking) decide.clear();
            }}
            onSend={() => (state === 'approved' ? setAsking(true) : void decide.run('reject'))}
            onCancel={() => {
              setRejecting(false);
              setReason('');
              // The button is back only after this was drawn.
              setTimeout(() => opener.current?.querySelector<HTMLElement>('.approve-reject')?.focus());
            }}
          />
        ) : (
          <div class="form-actions">
            {state !== 'approved' && (
              <Button look="primary" icon="check" busy={decide.busy} onClick={() => decide.run('approve')}>
                {w(decide.busy ? 'approving' : 'approve')}
              </Button>
            )}
            <Button class="approve-reject" disabled={decide.busy} onClick={() => setRejecting(true)}>
              {w('reject')}…
            </Button>
          </div>
        )}
      </div>
      <ConfirmDialog
        open={asking}
        title={w('withdraw.title')}
        confirm={w('withdraw.confirm')}
        danger
        busy={decide.busy}
        onConfirm={() => decide.run('reject')}
        onClose={() => setAsking(false)}
      >
        <p>{w('withdraw.text')}</p>
      </ConfirmDialog>
    </Step>
  );
}

interface FormProps {
  readonly reason: string;
  /** The API found none in it. */
  readonly lacking: boolean;
  readonly busy: boolean;
  readonly onChange: (reason: string) => void;
  readonly onSend: () => void;
  readonly onCancel: () => void;
}

function RejectForm({ reason, lacking, busy, onChange, onSend, onCancel }: FormProps) {
  const t = useCommon();
  const w = useApprove();
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<string>();
  const focus = () => form.current?.querySelector('textarea')?.focus();
  useEffect(focus, []);
  useEffect(() => {
    if (lacking) form.current?.querySelector('textarea')?.focus();
  }, [lacking]);
  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setError(reason.trim() ? undefined : w('reason.missing'));
        if (reason.trim()) onSend();
        else focus();
      }}
    >
      <TextArea
        label={w('reason')}
        hint={
          <span class="approve-count">
            <span>{w('reason.hint')}</span>
            <span>{w('reason.count', { count: reason.length, most: LONGEST_REASON })}</span>
          </span>
        }
        error={lacking ? w('reason.missing') : error}
        required
        rows={4}
        maxLength={LONGEST_REASON}
        value={reason}
        onChange={(text) => {
          onChange(text);
          if (text.trim()) setError(undefined);
        }}
      />
      <div class="form-actions">
        <Button look="danger" type="submit" busy={busy}>
          {w(busy ? 'rejecting' : 'reject.send')}
        </Button>
        <Button disabled={busy} onClick={onCancel}>
          {t('dialog.cancel')}
        </Button>
      </div>
    </form>
  );
}
