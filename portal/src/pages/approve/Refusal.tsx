// Why somebody cannot decide here, and who can, or has.
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { Banner } from '../../ui/Banner';
import { ButtonLink } from '../../ui/Button';
import { EmptyState, Section } from '../../ui/Page';
import { CopyButton } from '../../ui/Small';
import { useApprove } from '../../words/approve';
import { useFormat } from '../../words/format';
import { useFieldWords } from './fields';

const editing = (id: string) => `${addressOf('connections')}?open=${encodeURIComponent(id)}`;

/** To an administrator: the connection names somebody else, or nobody. */
export function NotYou({ connection }: { connection: Connection }) {
  const w = useApprove();
  const { id, approver, state } = connection;
  if (!approver)
    return (
      <Banner
        tone="warning"
        title={w('unnamed.title')}
        actions={<ButtonLink href={editing(id)}>{w('unnamed.go')}</ButtonLink>}
      >
        <p>{w('unnamed.text')}</p>
      </Banner>
    );
  const copy = w('other.copy', { name: approver.name });
  return (
    <Banner
      tone="info"
      title={w('other.title', { name: approver.name })}
      actions={
        <>
          {state !== 'draft' && state !== 'disabled' && (
            <CopyButton text={location.origin + addressOf('approve', id)} label={copy}>
              {copy}
            </CopyButton>
          )}
          <a class="button button-secondary button-small" href={editing(id)}>
            {w('other.change')}
          </a>
        </>
      }
    >
      <Decided connection={connection} />
      <p>{w('other.text')}</p>
    </Banner>
  );
}

/** Who has decided and when. */
function Decided({ connection }: { connection: Connection }) {
  const w = useApprove();
  const format = useFormat();
  const { decision, state, zone } = connection;
  const words = useFieldWords(connection, decision ? [decision.by] : []);
  if (!decision || (state !== 'approved' && state !== 'rejected')) return null;
  const given = { name: words.person(decision.by), date: format.dateTime(decision.at, zone) };
  return (
    <p class="approve-reason">
      {state === 'approved' ? w('other.approved', given) : w('other.rejected', { ...given, reason: decision.reason })}
    </p>
  );
}

/** To its approver: nothing to decide at the moment. */
export function Closed({ state }: { state: 'draft' | 'disabled' }) {
  const w = useApprove();
  return (
    <Banner tone="info" title={w(`${state}.title`)}>
      <p>{w(`${state}.text`)}</p>
    </Banner>
  );
}

/** To somebody who is neither its approver nor an administrator. */
export function Stranger() {
  const w = useApprove();
  return <Nothing title={w('stranger.title')} text={w('stranger.text')} />;
}

export function Gone() {
  const w = useApprove();
  return <Nothing title={w('gone.title')} text={w('gone.text')} />;
}

function Nothing({ title, text }: { title: string; text: string }) {
  const w = useApprove();
  return (
    <Section>
      <EmptyState title={title} action={<ButtonLink href={addressOf('approve')}>{w('back')}</ButtonLink>}>
        <p>{text}</p>
      </EmptyState>
    </Section>
  );
}
