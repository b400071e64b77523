// What launches showed that Epic holds: in which record, and in what it differs.
import type { Connection } from '../../app/connections';
import { Banner } from '../../ui/Banner';
import { useCommon } from '../../words/common';
import { useFormat } from '../../words/format';
import { useRecords } from '../../words/records';
import { type Drift, headingOf, type IntegrationRecord, isName, isOutdated } from './records';

/** Above the records: which of them. */
export function DriftSummary({ drift }: { drift: readonly Drift[] }) {
  const w = useRecords();
  const wrong = drift.filter((one) => !isOutdated(one));
  if (!wrong.length) return null;
  return (
    <Banner tone="warning" title={w('drift.title', { count: wrong.length })}>
      <p>{w('drift.text')}</p>
      <ul class="records-points">
        {wrong.map(({ record }) => (
          <li key={record}>
            <a href={`#${headingOf(record)}`}>{isName(record) ? w(`name.${record}`) : record}</a>
          </li>
        ))}
      </ul>
    </Banner>
  );
}

interface Props {
  readonly of: Drift;
  readonly record: IntegrationRecord;
  readonly connection: Connection;
}

/** At a record: when, in what, and what mends it. */
export function DriftNote({ of, record, connection }: Props) {
  const t = useCommon();
  const w = useRecords();
  const format = useFormat();
  const at = format.dateTime(of.seen_at, connection.zone || 'UTC');
  if (isOutdated(of))
    return (
      <Banner tone="info" title={w('drift.old', { at })}>
        <p>{w('drift.fix.old')}</p>
      </Banner>
    );
  const said = (what: string): string => {
    if (what === 'launch_url' || what === 'client_id') return w(`drift.${what}`);
    if (what === 'version') return w(of.version_seen ? 'drift.earlier' : 'drift.unmarked');
    const name = what.replace('context:', '');
    if (name === 'record') return w('drift.other');
    const asked = new URLSearchParams(record.context.replaceAll('%', '')).has(name);
    return w(asked ? 'drift.missing' : 'drift.extra', { name });
  };
  return (
    <Banner tone="warning" title={w('drift.seen', { at })}>
      <ul class="records-points">
        {of.differs.map((what) => (
          <li key={what}>{said(what)}</li>
        ))}
      </ul>
      <p>{w('drift.fix', { environment: t(`environment.${connection.environment}`) })}</p>
      {of.version_seen && <p class="soft">{w('drift.version', { version: of.version_seen })}</p>}
    </Banner>
  );
}
