import { useReports } from '../../words/reports';
import { TEXT_STATES, type Texts } from './figures';
import { Panel } from './Panel';
import { Shares } from './Shares';
import { TextKinds } from './TextKinds';

interface Props {
  readonly texts: Texts;
  /** `periods`: by state; `kinds`: by what they were for; `reasons`: why they failed. */
  readonly download: (table: 'periods' | 'kinds' | 'reasons') => Promise<void>;
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

/** What became of texts, what they were for, and why those that failed did. */
export function Sms({ texts: { totals, kinds, reasons }, download }: Props) {
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
        download={() => download('periods')}
      />
      <TextKinds kinds={kinds} download={() => download('kinds')} />
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
