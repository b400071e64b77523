import { useEffect, useRef } from 'preact/hooks';
import { useConnections } from '../../app/connections';
import { grouped, type PhoneNumber, useNumberType, VerificationBadge } from '../../app/numbers';
import { addressOf } from '../../app/routes';
import { Button } from '../../ui/Button';
import { Badge, CopyButton } from '../../ui/Small';
import { type Column, Table } from '../../ui/Table';
import { useCommon } from '../../words/common';
import { useFormat } from '../../words/format';
import { useSms } from '../../words/sms';

interface Props {
  readonly numbers: readonly PhoneNumber[];
  /** The one that was just bought. */
  readonly fresh: string | null | undefined;
  /** The number that is to have the focus once it is here; emptied when it has it. */
  readonly focus: { current: string | undefined };
  readonly onRecord: (number: PhoneNumber) => void;
}

export function NumberTable({ numbers, fresh, focus, onRecord }: Props) {
  const w = useSms();
  const t = useCommon();
  const format = useFormat();
  const type = useNumberType();
  const body = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again whenever the list has changed
  useEffect(() => {
    // Who is in the middle of a dialog is not taken out of it.
    if (!focus.current || document.querySelector('dialog[open]')) return;
    const cell = body.current?.querySelector<HTMLElement>(`[data-number="${focus.current}"]`);
    if (!cell) return;
    focus.current = undefined;
    cell.focus();
  }, [numbers]);
  const columns: Column<PhoneNumber>[] = [
    {
      key: 'number',
      title: w('column.number'),
      names: true,
      cell: (one) => (
        <span class="sms-cell">
          <span class="sms-number" data-number={one.number} tabIndex={-1}>
            {grouped(one.number)}
          </span>
          <CopyButton text={one.number} label={w('copy', { number: grouped(one.number) })} />
          {one.number === fresh && <Badge tone="brand">{w('new.badge')}</Badge>}
        </span>
      ),
    },
    {
      key: 'type',
      title: w('column.type'),
      cell: (one) => (
        <>
          {type(one.type)}
          <span class="sms-country">{format.country(one.country)}</span>
        </>
      ),
    },
    {
      key: 'verification',
      title: w('column.verification'),
      cell: (one) => (
        <span class="sms-cell">
          <VerificationBadge state={one.verification} />
          {one.verification !== 'not_needed' && (
            <Button
              small
              look="subtle"
              icon="edit"
              aria-label={w('record.of', { number: grouped(one.number) })}
              title={w('record')}
              onClick={() => onRecord(one)}
            />
          )}
        </span>
      ),
    },
    { key: 'connections', title: w('column.connections'), cell: (one) => <Users ids={one.connections} /> },
  ];
  return (
    <div ref={body}>
      <Table caption={t('page.sms')} columns={columns} rows={numbers} rowKey={(one) => one.number} />
    </div>
  );
}

/** The connections that send from a number. */
function Users({ ids }: { ids: readonly string[] }) {
  const w = useSms();
  const t = useCommon();
  const all = useConnections();
  if (!ids.length) return <span class="soft">{w('unused')}</span>;
  return (
    <ul class="sms-users">
      {ids.map((id) => {
        const found = all.data?.find((one) => one.id === id);
        return (
          <li key={id}>
            <a href={addressOf('setup', id)}>{found?.fhir_base.replace('https://', '') ?? id}</a>
            {found && <span class="sms-country">{t(`environment.${found.environment}`)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
