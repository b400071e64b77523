import { useReports } from '../../words/reports';
import { TEXT_STATES, type Texts } from './figures';
import { Panel } from './Panel';
import { Shares } from './Shares';

interface Props {
  readonly texts: Texts;
  /** `kinds`: by state; `reasons`: why they failed. */
  readonly download: (table: 'kinds' | 'reasons') => Promise<void>;
}

const REASONS = [
  'opted_out',
  'invalid_number',
  'no_such_number',
  'blocked_number',
  'unreachable',
  'spam',
  'barred',
  'other',
] as const;

/** What became of texts, and why those that failed did. */
export function Sms({ texts: { totals, reasons }, download }: Props) {
  const w = useReports();
  if (!totals.texts)
    return (
      <Panel title={w('sms')}>
        <p class="soft">{w('sms.none')}</p>
      </Panel>
    );
  const known = (reason: string) => REASONS.find((one) => one === reason);
  const why = reasons.map(({ reason, texts }) => {
    const name = known(reason);
    return { name: reason, label: name ? w(`reason.${name}`) : reason, count: texts };
  });
  return (
    <>
      <Shares
        title={w('sms')}
        whole={totals.texts}
        rows={TEXT_STATES.map((name) => ({ name, label: w(`text.${name}`), count: totals[name] }))}
        download={() => download('kinds')}
      />
      {why.length > 0 && (
        <Shares
          title={w('reasons')}
          whole={why.reduce((sum, { count }) => sum + count, 0)}
          rows={why}
          download={() => download('reasons')}
        />
      )}
    </>
  );
}
