import { useState } from 'preact/hooks';
import { Button } from '../../ui/Button';
import { EmptyState, Page, Section } from '../../ui/Page';
import { TextField } from '../../ui/TextField';
import { useErrors } from '../../words/errors';
import { type Entry, FAMILIES, familyOf, fitting } from './codes';

/** All codes by kind, with a search. */
export function All({ entries }: { entries: readonly Entry[] }) {
  const w = useErrors();
  const [words, setWords] = useState('');
  const found = fitting(entries, words);
  return (
    <Page title={w('title')} lead={w('lead')}>
      <Section>
        <div class="errors-search">
          <TextField type="search" label={w('search')} value={words} onChange={setWords} />
          <p class="soft" role="status">
            {w('found', { count: found.length })}
          </p>
        </div>
      </Section>
      {found.length === 0 && (
        <Section>
          <EmptyState title={w('none.title')} action={<Button onClick={() => setWords('')}>{w('none.all')}</Button>}>
            <p>{w('none.text')}</p>
          </EmptyState>
        </Section>
      )}
      {FAMILIES.map((family) => {
        const its = found.filter(({ code }) => familyOf(code) === family);
        return its.length > 0 ? (
          <Section key={family} title={w(`family.${family}`)}>
            <Codes entries={its} />
          </Section>
        ) : null;
      })}
    </Page>
  );
}

/** Some codes, each with its sentence and the way to its page. */
export function Codes({ entries }: { entries: readonly Entry[] }) {
  return (
    <ul class="errors-list">
      {entries.map(({ code, detail }) => (
        <li key={code}>
          <a class="code" href={`/errors/${code}`}>
            {code}
          </a>
          <span>{detail}</span>
        </li>
      ))}
    </ul>
  );
}
