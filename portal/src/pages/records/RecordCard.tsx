// One record: what it is for, its version, its fields to copy, and what is missing or differs.
import type { ComponentChildren } from 'preact';
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { CopyButton } from '../../ui/Small';
import { useRecords } from '../../words/records';
import { DriftNote } from './Drift';
import { type Drift, type Field, fieldsOf, headingOf, type IntegrationRecord, isName } from './records';

interface Props {
  readonly record: IntegrationRecord;
  readonly drift: Drift | undefined;
  readonly connection: Connection;
  /** May go to the connection and change it. */
  readonly admin: boolean;
}

export function RecordCard({ record, drift, connection, admin }: Props) {
  const w = useRecords();
  const { name, version } = record;
  const title = isName(name) ? w(`name.${name}`) : name;
  return (
    <article class="record" aria-labelledby={headingOf(name)}>
      <div class="record-head">
        <h3 id={headingOf(name)} tabIndex={-1}>
          {title}
        </h3>
        <span class="record-version">{w('version', { version })}</span>
      </div>
      {isName(name) && <p class="record-about">{w(`about.${name}`)}</p>}
      {drift && <DriftNote of={drift} record={record} connection={connection} />}
      <dl class="record-fields">
        {fieldsOf(record).map((field) => (
          <div key={field.name + field.value}>
            <dt>{w(`field.${field.name}`)}</dt>
            <dd>
              {field.value ? (
                <>
                  <span class="code">{field.value}</span>
                  <CopyButton
                    text={field.value}
                    label={w('copy', { record: title, field: w(`field.${field.name}`) })}
                  />
                </>
              ) : (
                <Missing field={field} id={connection.id} admin={admin} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </article>
  );
}

/** In place of a value that there is not: who enters it where. */
function Missing({ field, id, admin }: { field: Field; id: string; admin: boolean }) {
  const w = useRecords();
  const kind = field.name === 'thumbprint' ? 'certificate' : 'client';
  const href =
    kind === 'client' ? `${addressOf('connections')}?open=${encodeURIComponent(id)}` : addressOf('setup', id);
  const how: ComponentChildren = admin ? (
    <a href={href}>{w(kind === 'client' ? 'client.enter' : 'certificate.add')}</a>
  ) : (
    w(`${kind}.ask`)
  );
  return (
    <span class="record-missing">
      {w(`${kind}.none`)} {how}
    </span>
  );
}
