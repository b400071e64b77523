import type { Connection } from '../../app/connections';
import { Icon, type IconName } from '../../ui/Icon';
import { useApprove } from '../../words/approve';
import { useFormat } from '../../words/format';

/** What wants doing first. */
export const URGENCY: readonly Connection['state'][] = ['needs_approval', 'rejected', 'approved', 'draft', 'disabled'];

const ICONS: Record<Connection['state'], IconName> = {
  draft: 'edit',
  needs_approval: 'warning',
  approved: 'check',
  rejected: 'close',
  disabled: 'time',
};

/** How far a connection is, for its approver or, `theirs`, for somebody else: an icon and words. */
export function Standing({ of, theirs }: { of: Connection; theirs?: boolean }) {
  const w = useApprove();
  const format = useFormat();
  const date = of.decision ? format.date(of.decision.at, of.zone) : '';
  return (
    <span class={`approve-standing approve-${of.state}`}>
      <Icon name={ICONS[of.state]} />
      {theirs && of.state === 'needs_approval' ? w('standing.theirs') : w(`standing.${of.state}`, { date })}
    </span>
  );
}
