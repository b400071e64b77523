import { useReports } from '../../words/reports';
import type { Usage } from './figures';
import { Shares } from './Shares';

interface Props {
  readonly usage: Usage;
  readonly download: () => Promise<void>;
}

const ORDER = [
  'completed',
  'patient_no_show',
  'clinician_no_show',
  'abandoned_in_lobby',
  'nobody_came',
  'technical_failure',
  'cancelled',
  'scheduled',
  'waiting',
  'in_progress',
] as const;

/** Visits by how they went. */
export function Outcomes({ usage: { totals }, download }: Props) {
  const w = useReports();
  const rows = ORDER.map((name) => ({ name, label: w(`status.${name}`), count: totals[name] }));
  return <Shares title={w('outcomes')} whole={totals.visits} rows={rows} download={download} />;
}
