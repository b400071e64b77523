// Below a connection's row: the form while it is edited, else what is to be done next.
import type { ComponentChildren } from 'preact';
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { session } from '../../session/session';
import { Button } from '../../ui/Button';
import { ProblemNote } from '../../ui/ProblemNote';
import { CopyButton, DateTime } from '../../ui/Small';
import { useConnections } from '../../words/connections';
import { useFormat } from '../../words/format';
import { openOf } from './addresses';
import { ConnectionForm } from './ConnectionForm';
import { useFieldWords } from './fieldWords';
import type { ConnectionsInSight } from './list';
import type { RowActions } from './useRowActions';

interface Props {
  readonly connection: Connection;
  readonly open: boolean;
  readonly list: ConnectionsInSight;
  readonly actions: RowActions;
}

/** Nothing for a connection that is well. A function and no component: the table asks whether there is anything. */
export function detailOf({ connection, open, list, actions }: Props): ComponentChildren {
  if (open) return <ConnectionForm key={connection.id} from={{ kind: 'edit', connection }} list={list} level={3} />;
  const trouble = actions.trouble?.id === connection.id ? actions.trouble.problem : undefined;
  if (!trouble && connection.state === 'approved') return null;
  return (
    <div class="connections-note">
      {trouble && <ProblemNote problem={trouble} />}
      {connection.state !== 'approved' && <Next connection={connection} actions={actions} />}
    </div>
  );
}

type NextProps = Pick<Props, 'connection' | 'actions'>;

function Next(props: NextProps) {
  if (props.connection.state === 'needs_approval') return <Waiting {...props} />;
  if (props.connection.state === 'rejected') return <Rejected {...props} />;
  return <Idle {...props} />;
}

/** Approval is asked for: who gives it, and how they come to the page. */
function Waiting({ connection }: NextProps) {
  const w = useConnections();
  const format = useFormat();
  const fields = useFieldWords();
  const { id, approver, approval, zone } = connection;
  const now = session.get();
  const mine = now.kind === 'ready' && now.me.oid === approver?.oid;
  const name = approver?.name || approver?.oid || '';
  const link = location.origin + addressOf('approve', id);
  return (
    <>
      <p>{mine ? w('waiting.mine') : w('waiting', { name })}</p>
      {approval.approved_at && approval.changes.length > 0 && (
        <p class="soft">
          {w('waiting.changed', {
            date: format.date(approval.approved_at, zone || 'UTC'),
            fields: fields.listed(approval.changes.map(({ field }) => field)),
          })}
        </p>
      )}
      <div class="row">
        {mine ? (
          <a class="button button-secondary button-small" href={addressOf('approve', id)}>
            {w('waiting.go')}
          </a>
        ) : (
          <CopyButton text={link} label={w('waiting.copy')}>
            {w('waiting.copy')}
          </CopyButton>
        )}
        <a href={addressOf('setup', id)}>{w('waiting.sms')}</a>
      </div>
    </>
  );
}

/** The approver said no: why, who, when. */
function Rejected({ connection, actions }: NextProps) {
  const w = useConnections();
  const { id, approver, decision, zone } = connection;
  const by = approver && approver.oid === decision?.by ? approver.name || approver.oid : (decision?.by ?? '');
  return (
    <>
      {decision && (
        <blockquote class="connections-reason">
          <p>{decision.reason}</p>
          <footer>
            {by} · <DateTime at={decision.at} zone={zone || 'UTC'} />
          </footer>
        </blockquote>
      )}
      <p>{w('rejected.next')}</p>
      <div class="row">
        <a class="button button-secondary button-small" href={openOf(id)}>
          {w('menu.edit')}
        </a>
        <Button small busy={actions.busy === id} onClick={() => actions.start('ask', connection)}>
          {w('rejected.ask')}
        </Button>
      </div>
    </>
  );
}

/** A draft, or switched off: what is missing, and the way into service. */
function Idle({ connection, actions }: NextProps) {
  const w = useConnections();
  const fields = useFieldWords();
  const { id, state, zone, approver } = connection;
  const missing = [!approver && 'approver', !zone && 'zone'].filter((field) => field !== false);
  const off = state === 'disabled';
  return (
    <>
      <p>
        {off ? w('off.text') : w('draft.text')}
        {missing.length > 0 && ` ${w('draft.missing', { fields: fields.listed(missing) })}`}
      </p>
      <div class="row">
        {missing.length > 0 ? (
          <a class="button button-secondary button-small" href={openOf(id)}>
            {w('draft.complete')}
          </a>
        ) : (
          <Button small busy={actions.busy === id} onClick={() => actions.start('ask', connection)}>
            {off ? w('menu.enable') : w('menu.ask')}
          </Button>
        )}
      </div>
    </>
  );
}
