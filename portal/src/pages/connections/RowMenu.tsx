import type { Connection } from '../../app/connections';
import { go } from '../../app/place';
import { addressOf } from '../../app/routes';
import { Menu, type MenuItem } from '../../ui/Menu';
import { useCommon } from '../../words/common';
import { useConnections } from '../../words/connections';
import { copyOfAddress, openOf } from './addresses';
import type { RowActions } from './useRowActions';

/** Everything that can be done with a connection, or is to be seen of it elsewhere. */
export function RowMenu({ connection, actions }: { connection: Connection; actions: RowActions }) {
  const t = useCommon();
  const w = useConnections();
  const { id, state, environment, fhir_base, zone, approver } = connection;
  const whole = Boolean(zone && approver);
  const items: (MenuItem | false)[] = [
    { label: w('menu.edit'), onChoose: () => go(openOf(id)) },
    environment === 'testing' && { label: w('menu.copy'), onChoose: () => go(copyOfAddress(id)) },
    (state === 'draft' || state === 'rejected') &&
      whole && { label: w('menu.ask'), onChoose: () => actions.start('ask', connection) },
    { label: t('page.setup'), href: addressOf('setup', id), apart: true },
    { label: t('page.approve'), href: addressOf('approve', id) },
    { label: t('page.records'), href: addressOf('records', id) },
    { label: t('page.health'), href: addressOf('health', id) },
    state === 'disabled' &&
      whole && { label: w('menu.enable'), onChoose: () => actions.start('ask', connection), apart: true },
    (state === 'approved' || state === 'needs_approval') && {
      label: w('menu.disable'),
      onChoose: () => actions.start('disable', connection),
      apart: true,
    },
    {
      label: w('menu.remove'),
      danger: true,
      apart: state === 'draft' || state === 'rejected',
      onChoose: () => actions.start('remove', connection),
    },
  ];
  return <Menu label={w('menu.label', { url: fhir_base })} items={items.filter((item) => item !== false)} />;
}
