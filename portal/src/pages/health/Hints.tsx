import { Section } from '../../ui/Page';
import { useHealth } from '../../words/health';
import type { Finding } from './findings';
import { useFindingText } from './useFindingText';

/** What people report and no machine can see, with what helps. */
export function Hints({ hints, zone }: { hints: readonly Finding[]; zone: string }) {
  const w = useHealth();
  const textOf = useFindingText();
  return (
    <Section title={w('hints')} lead={w('hints.lead')}>
      <div class="health-hints">
        {hints.map((hint) => {
          const { detail, fix } = textOf(hint, zone);
          return (
            <details key={hint.code}>
              <summary>{detail}</summary>
              <p>{fix}</p>
            </details>
          );
        })}
      </div>
    </Section>
  );
}
