import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { Section } from '../../ui/Page';
import { useCommon } from '../../words/common';
import { useRecords } from '../../words/records';

/** Who enters the records, where, and how one sees that it worked. */
export function How({ connection }: { connection: Connection }) {
  const t = useCommon();
  const w = useRecords();
  const environment = t(`environment.${connection.environment}`);
  return (
    <Section title={w('how.title')}>
      <ul class="records-points records-how">
        <li>{w('how.who')}</li>
        <li>{w('how.launch', { environment })}</li>
        <li>{w('how.tokens')}</li>
        <li>
          {w('how.after')}{' '}
          <a class="no-print" href={addressOf('health', connection.id)}>
            {w('how.health')}
          </a>
        </li>
      </ul>
    </Section>
  );
}
