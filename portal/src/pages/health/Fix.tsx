// The button of a finding: does what mends it, or leads there.
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { session } from '../../session/session';
import { useStore } from '../../store';
import { Button } from '../../ui/Button';
import { useHealth } from '../../words/health';
import type { ActionKind, Finding } from './findings';
import { Submit } from './Submit';

interface Props {
  readonly finding: Finding;
  readonly kind: ActionKind;
  /** The id of the element that says what was found: the button is read with it. */
  readonly about: string;
  readonly connection: Connection;
  readonly busy: boolean;
  readonly onAgain: () => void;
  readonly onChanged: (newest: Connection) => void;
}

/** Approvers can do these as well. */
const FOR_ALL: readonly ActionKind[] = ['recheck', 'open_approval', 'open_records'];
/** About the tenant's numbers and consents, which are on a page of their own. */
const OF_TENANT: readonly string[] = ['sms.consents_missing', 'sms.sender_unknown', 'sms.verification_missing'];

/** Where an `open_` kind leads, with the words for it. */
function target(kind: ActionKind, code: string, id: string) {
  if (kind === 'open_approval') return { href: addressOf('approve', id), key: 'do.open_approval' } as const;
  if (kind === 'open_records') return { href: addressOf('records', id), key: 'do.open_records' } as const;
  if (kind === 'open_certificates') return { href: addressOf('setup', id), key: 'do.open_certificates' } as const;
  if (kind === 'open_sms')
    return OF_TENANT.includes(code)
      ? ({ href: addressOf('sms'), key: 'do.open_numbers' } as const)
      : ({ href: addressOf('setup', id), key: 'do.open_sms' } as const);
  return { href: `${addressOf('connections')}?open=${encodeURIComponent(id)}`, key: 'do.open_connection' } as const;
}

export function Fix({ finding, kind, about, connection, busy, onAgain, onChanged }: Props) {
  const w = useHealth();
  const now = useStore(session);
  const admin = now.kind === 'ready' && now.me.admin;
  if (!admin && !FOR_ALL.includes(kind)) return <p class="soft finding-ask">{w('foradmin')}</p>;
  if (kind === 'recheck')
    return (
      <div class="finding-actions no-print">
        <Button small icon="refresh" aria-describedby={about} busy={busy} onClick={onAgain}>
          {w('do.recheck')}
        </Button>
      </div>
    );
  if (kind === 'enable' || kind === 'submit_for_approval')
    return <Submit kind={kind} about={about} connection={connection} onAgain={onAgain} onChanged={onChanged} />;
  const { href, key } = target(kind, finding.code, connection.id);
  return (
    <div class="finding-actions no-print">
      <a class="button button-secondary button-small" href={href} aria-describedby={about}>
        {w(key)}
      </a>
    </div>
  );
}
