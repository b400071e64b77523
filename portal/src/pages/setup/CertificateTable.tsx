import { Button } from '../../ui/Button';
import { Badge, CopyButton, DateTime } from '../../ui/Small';
import { type Column, Table } from '../../ui/Table';
import { useSetup } from '../../words/setup';
import type { Certificate } from './upload';

const DAY_MS = 86_400_000;

interface Props {
  readonly certificates: readonly Certificate[];
  /** The connection's, for the dates. */
  readonly zone: string;
  readonly onRemove: (certificate: Certificate) => void;
}

export function CertificateTable({ certificates, zone, onRemove }: Props) {
  const w = useSetup();
  const columns: Column<Certificate>[] = [
    {
      key: 'subject',
      title: w('certificate.subject'),
      names: true,
      cell: (one) => (
        <>
          {one.subject || w('certificate.nameless')}
          <span class="setup-thumbprint">
            <span class="code">{one.thumbprint}</span>
            <CopyButton text={one.thumbprint} label={w('certificate.copy')} />
          </span>
        </>
      ),
    },
    { key: 'from', title: w('certificate.from'), cell: (one) => <DateTime at={one.not_before} zone={zone || 'UTC'} /> },
    {
      key: 'until',
      title: w('certificate.until'),
      cell: (one) => <DateTime at={one.not_after} zone={zone || 'UTC'} />,
    },
    { key: 'left', title: w('certificate.validity'), cell: (one) => <ValidityBadge certificate={one} /> },
    {
      key: 'remove',
      title: w('certificate.actions'),
      quiet: true,
      end: true,
      cell: (one) => (
        <Button
          small
          look="subtle"
          icon="remove"
          aria-label={w('certificate.remove.of', { subject: one.subject || one.thumbprint })}
          title={w('certificate.remove')}
          onClick={() => onRemove(one)}
        />
      ),
    },
  ];
  return <Table caption={w('certificates')} columns={columns} rows={certificates} rowKey={(one) => one.thumbprint} />;
}

const TONES = { none: 'success', soon: 'warning', expired: 'danger' } as const;

/** How many days it lasts. */
export function ValidityBadge({ certificate }: { certificate: Certificate }) {
  const w = useSetup();
  const days = Math.max(0, Math.ceil((Date.parse(certificate.not_after) - Date.now()) / DAY_MS));
  const text = certificate.warning === 'expired' ? w('certificate.expired') : w('certificate.left', { count: days });
  return <Badge tone={TONES[certificate.warning]}>{text}</Badge>;
}
