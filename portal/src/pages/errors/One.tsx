import { DocsLink } from '../../app/DocsLink';
import { ButtonLink } from '../../ui/Button';
import { EmptyState, Page, Section } from '../../ui/Page';
import { CopyButton } from '../../ui/Small';
import { useErrors } from '../../words/errors';
import { Codes } from './All';
import { again, type Entry, familyOf, PAGE_OF } from './codes';

/** One code: what was said, what mends it, whether trying again helps, and what is like it. */
export function One({ entry, entries }: { entry: Entry; entries: readonly Entry[] }) {
  const w = useErrors();
  const family = familyOf(entry.code);
  const beside = entries.filter(({ code }) => code !== entry.code && familyOf(code) === family);
  const page = PAGE_OF[family];
  return (
    <Page
      over={<a href="/errors">{w('all')}</a>}
      title={entry.code}
      lead={entry.detail}
      actions={<CopyButton text={entry.code} label={w('copy')} />}
    >
      <Section>
        <dl class="errors-facts">
          <dt>{w('mends')}</dt>
          <dd>
            {entry.fix} {page && <DocsLink page={page}>{w('more')}</DocsLink>}
          </dd>
          <dt>{w('again')}</dt>
          <dd>{w(`again.${again(entry)}`)}</dd>
          <dt>{w('who')}</dt>
          <dd>{w(`family.${family}`)}</dd>
          <dt>{w('status')}</dt>
          <dd class="code">{entry.status}</dd>
        </dl>
      </Section>
      {beside.length > 0 && (
        <Section title={w('beside')}>
          <Codes entries={beside} />
        </Section>
      )}
    </Page>
  );
}

/** A code that there is not. */
export function Unknown({ code }: { code: string }) {
  const w = useErrors();
  return (
    <Page title={w('unknown.title')}>
      <Section>
        <EmptyState
          title={w('unknown.title')}
          action={
            <ButtonLink look="primary" href="/errors">
              {w('all')}
            </ButtonLink>
          }
        >
          <p>{w('unknown.text', { code })}</p>
        </EmptyState>
      </Section>
    </Page>
  );
}
