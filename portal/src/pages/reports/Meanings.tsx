import { ask, type Schema } from '../../api/client';
import { useLoad } from '../../api/hooks';
import { api } from '../../session/session';
import { Loadable } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { useReports } from '../../words/reports';
import { useDefinitionText } from '../../words/reports/definitions';

type Definition = Schema<'DefinitionShown'>;
const GROUPS = ['statuses', 'kinds', 'figures', 'texts', 'quality', 'allowance'] as const;

/** What the words and figures mean, as the API says: nothing is defined here. */
export function Meanings() {
  const w = useReports();
  const text = useDefinitionText();
  const loaded = useLoad((signal) => ask(api().GET('/reports/definitions', { signal })), []);
  return (
    <Section title={w('meanings')} lead={w('meanings.lead')}>
      <Loadable of={loaded}>
        {(found) => (
          <>
            <details class="reports-meanings">
              <summary>{w('meanings.rules')}</summary>
              {found.rules.map((rule) => (
                <p key={rule} {...text(rule)} />
              ))}
            </details>
            {GROUPS.map((group) => (
              <details key={group} class="reports-meanings">
                <summary>{w(`meanings.${group}`)}</summary>
                <dl>
                  {found[group].map((one) => (
                    <div key={one.name}>
                      <dt>{named(group, one)}</dt>
                      <dd {...text(one.says)} />
                    </div>
                  ))}
                </dl>
              </details>
            ))}
          </>
        )}
      </Loadable>
    </Section>
  );

  /** As the page calls it; a name that it does not show is the API's, as in the files. */
  function named(group: (typeof GROUPS)[number], { name }: Definition) {
    const prefix = { statuses: 'status', kinds: 'kind', figures: 'figure', texts: 'text', quality: 'quality' };
    const key = `${group === 'allowance' ? 'allowance' : prefix[group]}.${name}`;
    const said = w(key as Parameters<typeof w>[0]);
    return said === key ? <code>{name}</code> : said;
  }
}
