// Step 2: everything that an approval covers, and what is different from the last one.
import type { Connection } from '../../app/connections';
import { Section } from '../../ui/Page';
import { Badge } from '../../ui/Small';
import { useApprove } from '../../words/approve';
import { useFormat } from '../../words/format';
import { type FieldWords, type Row, rowsOf, useFieldWords } from './fields';
import { useViewer } from './people';
import { Step } from './Step';

interface Props {
  readonly connection: Connection;
  /** Its number, where it is one of the steps. */
  readonly step?: number;
  /** Who would see this, if it is somebody else. */
  readonly reader?: string | undefined;
}

export function Look({ connection, step, reader }: Props) {
  const w = useApprove();
  const { approval } = connection;
  const people = [
    approval.approved_by ?? '',
    ...approval.changes.map(({ field, before }) => (field === 'approver' ? before : '')),
  ];
  const words = useFieldWords(connection, people.filter(Boolean));
  const content = (
    <>
      {(step || approval.changes.length > 0) && <Since connection={connection} words={words} />}
      {rowsOf(approval).map(([group, rows]) => (
        <div class="approve-group" key={group}>
          <h3>{w(`group.${group}`)}</h3>
          {group !== 'place' && <p class="approve-hint">{w(`group.${group}.text`)}</p>}
          <dl class="approve-fields">
            {rows.map((row) => (
              <Field key={row.field} row={row} words={words} />
            ))}
          </dl>
        </div>
      ))}
    </>
  );
  if (step)
    return (
      <Step number={step} title={w('look')} lead={w('look.text')}>
        {content}
      </Step>
    );
  return (
    <Section title={w(reader ? 'other.see' : 'look.approved')} lead={reader && w('other.see.text', { name: reader })}>
      {content}
    </Section>
  );
}

/** How this compares with what was approved last. */
function Since({ connection, words }: { connection: Connection; words: FieldWords }) {
  const w = useApprove();
  const format = useFormat();
  const viewer = useViewer();
  const { approved_at, approved_by, changes } = connection.approval;
  if (!approved_at || !approved_by) return <p class="approve-since">{w('look.first')}</p>;
  const own = approved_by === viewer.oid;
  const given = {
    date: format.dateTime(approved_at, connection.zone),
    ...(own ? {} : { name: words.person(approved_by) }),
  };
  if (changes.length === 0) return <p class="approve-since">{w(own ? 'look.same.you' : 'look.same', given)}</p>;
  const count = { count: changes.length };
  return (
    <p class="approve-since approve-since-changed">
      {w(own ? 'look.changed.you' : 'look.changed', { ...given, ...count })}
    </p>
  );
}

function Field({ row, words }: { row: Row; words: FieldWords }) {
  const w = useApprove();
  const { field, value, before } = row;
  const mark = before === undefined ? undefined : before === '' ? 'added' : value === undefined ? 'removed' : 'changed';
  const look = words.isCode(field) ? 'code' : '';
  const hint = words.hint(field);
  return (
    <div class={mark ? 'approve-field approve-field-changed' : 'approve-field'}>
      <dt>
        {words.name(field)}
        {mark && <Badge tone="warning">{w(`mark.${mark}`)}</Badge>}
        {hint && <span class="approve-hint">{hint}</span>}
      </dt>
      <dd>
        {value !== undefined && <span class={look}>{words.value(field, value)}</span>}
        {before && (
          <span class="approve-before">
            {w('before')} <del class={look}>{words.value(field, before)}</del>
          </span>
        )}
      </dd>
    </div>
  );
}
