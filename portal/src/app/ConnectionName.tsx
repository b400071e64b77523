// A connection in a row of a list about something else.
import { Breakable } from '../ui/Small';
import { useCommon } from '../words/common';
import { type Connection, EnvironmentBadge } from './connections';
import { addressOf } from './routes';
import './names.css';

/** Its FHIR base URL, which leads to its health, and its environment; the bare id of one that is gone. */
export function ConnectionName({ id, connection }: { id: string; connection: Connection | undefined }) {
  const t = useCommon();
  if (!connection)
    return (
      <span class="person-shown">
        <span>{t('connection.gone')}</span>
        <span class="person-detail code">{id}</span>
      </span>
    );
  return (
    <span class="connection-named">
      <a href={addressOf('health', id)}>
        <Breakable>{connection.fhir_base.replace('https://', '')}</Breakable>
      </a>
      <EnvironmentBadge environment={connection.environment} />
    </span>
  );
}
