// The health of one connection: looked at when the page opens, and again when asked.
import { useEffect, useRef } from 'preact/hooks';
import { useLoad } from '../../api/hooks';
import { type Connection, ConnectionBar, useConnection } from '../../app/connections';
import { Loadable } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { announce } from '../../ui/toast';
import { useHealth } from '../../words/health';
import { FindingList } from './FindingList';
import { type Diagnosis, diagnose, isHint, LEVELS, ofLevel } from './findings';
import { Hints } from './Hints';
import { Untold } from './Untold';
import { Running, useVerdict, Verdict } from './Verdict';

export function HealthOne({ id }: { id: string }) {
  const connection = useConnection(id);
  return (
    <Loadable of={connection} lines={3}>
      {(shown) => (
        <>
          <ConnectionBar connection={shown} page="health" />
          <Whole connection={shown} onChanged={connection.set} />
          <Untold connection={shown} />
        </>
      )}
    </Loadable>
  );
}

interface Props {
  readonly connection: Connection;
  readonly onChanged: (newest: Connection) => void;
}

function Whole({ connection, onChanged }: Props) {
  const w = useHealth();
  const { id, zone } = connection;
  const diagnosis = useLoad((signal) => diagnose(id, signal), [id]);
  const verdict = useVerdict();
  const head = useRef<HTMLDivElement>(null);
  const asked = useRef(false);
  const { data, loading } = diagnosis;

  // biome-ignore lint/correctness/useExhaustiveDependencies: when an answer to being asked again is there
  useEffect(() => {
    if (loading || !data || !asked.current) return;
    asked.current = false;
    announce(w('done', { verdict: verdict(data) }));
    // What was pressed may be gone with its finding.
    if (document.activeElement === document.body) head.current?.focus();
  }, [loading, data]);

  const again = () => {
    asked.current = true;
    diagnosis.reload();
  };
  return (
    <>
      {diagnosis.problem && <ProblemNote problem={diagnosis.problem} onRetry={again} />}
      {!data && loading && <Running />}
      {data && (
        <>
          <Verdict of={data} zone={zone} busy={loading} onAgain={again} head={head} />
          <Findings of={data} connection={connection} busy={loading} onAgain={again} onChanged={onChanged} />
          <Hints hints={data.findings.filter(isHint)} zone={zone} />
        </>
      )}
    </>
  );
}

interface FindingsProps extends Props {
  readonly of: Diagnosis;
  readonly busy: boolean;
  readonly onAgain: () => void;
}

/** A card for each level that has something; what is in order is folded up. */
function Findings({ of, ...rest }: FindingsProps) {
  const w = useHealth();
  return (
    <>
      {LEVELS.map((level) => {
        const findings = ofLevel(of, level);
        if (!findings.length) return null;
        const list = <FindingList findings={findings} level={level} {...rest} />;
        if (level === 'ok')
          return (
            <details key={level} class="card health-fold">
              <summary>
                <h2>{`${w('level.ok')} (${findings.length})`}</h2>
              </summary>
              {list}
            </details>
          );
        return (
          <Section key={level} title={w(`level.${level}`)} lead={level === 'unknown' && w('level.unknown.lead')}>
            {list}
          </Section>
        );
      })}
    </>
  );
}
