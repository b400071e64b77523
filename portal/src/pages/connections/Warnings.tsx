// What will stop a connection from working, before it does.
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { Icon } from '../../ui/Icon';
import { useConnections } from '../../words/connections';
import { useFormat } from '../../words/format';
import { openOf } from './addresses';

export function Warnings({ connection }: { connection: Connection }) {
  const w = useConnections();
  const format = useFormat();
  const { id, state, client_ids, certificates, sms, zone } = connection;
  if (state === 'draft' || state === 'disabled') return null;
  const found: { text: string; href: string }[] = [];
  const missing = (['provider', 'patient'] as const).filter((audience) => !client_ids[audience]);
  if (missing.length === 2) found.push({ text: w('warning.clients'), href: openOf(id) });
  else if (missing[0]) found.push({ text: w(`warning.client.${missing[0]}`), href: openOf(id) });
  // A second certificate, for rollover, makes the end of the first one no concern.
  const last = certificates.reduce<(typeof certificates)[number] | undefined>(
    (latest, one) => (latest && latest.not_after > one.not_after ? latest : one),
    undefined,
  );
  const setup = addressOf('setup', id);
  if (!last && sms.enabled) found.push({ text: w('warning.certificate'), href: setup });
  if (last && last.warning !== 'none') {
    const date = format.date(last.not_after, zone || 'UTC');
    found.push({ text: w(last.warning === 'soon' ? 'warning.soon' : 'warning.expired', { date }), href: setup });
  }
  if (!found.length) return null;
  return (
    <ul class="connections-warnings">
      {found.map(({ text, href }) => (
        <li key={text}>
          <Icon name="warning" />
          <a href={href}>{text}</a>
        </li>
      ))}
    </ul>
  );
}
