// What stands between these rules and a text on a phone.
import type { ComponentChildren } from 'preact';
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { Banner } from '../../ui/Banner';
import { useSetup } from '../../words/setup';
import type { Need } from './draft';

interface Props {
  readonly needs: readonly Need[];
  /** Texts are switched on in the form. */
  readonly wanted: boolean;
  readonly connection: Connection;
  readonly consented: boolean | undefined;
}

export function Needs({ needs, wanted, connection, consented }: Props) {
  const w = useSetup();
  const links: Partial<Record<Need, ComponentChildren>> = {
    consents: <a href={addressOf('sms')}>{w('need.consents.go')}</a>,
    zone: <a href={addressOf('connections')}>{w('need.zone.go')}</a>,
  };
  if (needs.length)
    return (
      <Banner tone={wanted ? 'warning' : 'info'} title={w('need')}>
        <ul class="setup-needs">
          {needs.map((need) => (
            <li key={need}>
              {w(`need.${need}`)} {links[need]}
            </li>
          ))}
        </ul>
      </Banner>
    );
  if (!wanted || consented === undefined) return null;
  if (connection.state !== 'approved') return <Banner tone="info" title={w('unapproved')} />;
  if (!connection.certificates.some(({ warning }) => warning !== 'expired'))
    return <Banner tone="warning" title={w('unsigned')} />;
  return null;
}
