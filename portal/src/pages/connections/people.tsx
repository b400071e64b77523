// People of the hospital's directory: one picked, several picked, names for ids.
import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useLoad } from '../../api/hooks';
import { api } from '../../session/session';
import { Button } from '../../ui/Button';
import { Combobox, type Item } from '../../ui/Combobox';
import type { FieldProps } from '../../ui/Field';
import { announce } from '../../ui/toast';
import { useConnections } from '../../words/connections';

const IDS_A_CALL = 50;
const LEAST = 2;

/** Two letters for a picture. */
function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toUpperCase();
}

async function findPeople(search: string, signal: AbortSignal): Promise<Item[]> {
  const { people } = await ask(api().GET('/directory/people', { params: { query: { search } }, signal }));
  return people.map(({ oid, name, username, job_title }) => ({
    value: oid,
    label: name,
    detail: [username, job_title].filter(Boolean).join(' · '),
    mark: initials(name),
  }));
}

async function namesOf(oids: readonly string[], signal: AbortSignal): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  for (let start = 0; start < oids.length; start += IDS_A_CALL) {
    const ids = oids.slice(start, start + IDS_A_CALL).join(',');
    const { people } = await ask(api().GET('/directory/people', { params: { query: { ids } }, signal }));
    for (const { oid, name } of people) names[oid] = name;
  }
  return names;
}

interface OneProps extends FieldProps {
  readonly value: { readonly oid: string; readonly name: string } | null;
  readonly onChange: (person: { oid: string; name: string } | null) => void;
}

/** One person, found as one types. */
export function PersonField({ value, onChange, ...field }: OneProps) {
  const w = useConnections();
  return (
    <Combobox
      {...field}
      placeholder={w('person.placeholder')}
      least={LEAST}
      search={findPeople}
      value={value && { value: value.oid, label: value.name || value.oid }}
      onChange={(item) => onChange(item && { oid: item.value, name: item.label })}
    />
  );
}

interface SeveralProps extends FieldProps {
  readonly oids: readonly string[];
  readonly onChange: (oids: readonly string[]) => void;
}

/** Several people, each with a cross. Where the directory does not answer, the ids stand for the names. */
export function PeopleField({ oids, onChange, ...field }: SeveralProps) {
  const w = useConnections();
  const [picked, setPicked] = useState<Readonly<Record<string, string>>>({});
  const nameless = oids.filter((oid) => !(oid in picked));
  const found = useLoad((signal) => namesOf(nameless, signal), [nameless.join()]);
  const nameOf = (oid: string) => picked[oid] ?? found.data?.[oid] ?? (found.loading ? '…' : oid);
  const search = async (text: string, signal: AbortSignal) =>
    (await findPeople(text, signal)).filter(({ value }) => !oids.includes(value));
  const remove = (oid: string, field: HTMLElement | null | undefined) => {
    onChange(oids.filter((one) => one !== oid));
    announce(w('people.removed', { name: nameOf(oid) }));
    field?.focus(); // the cross is gone
  };
  return (
    <div class="connections-people">
      <Combobox
        {...field}
        placeholder={w('person.placeholder')}
        least={LEAST}
        search={search}
        value={null}
        onChange={(item) => {
          if (!item) return;
          setPicked({ ...picked, [item.value]: item.label });
          onChange([...oids, item.value]);
          announce(w('people.added', { name: item.label }));
        }}
      />
      {oids.length > 0 && (
        <ul class="connections-chips" aria-label={field.label}>
          {oids.map((oid) => (
            <li key={oid}>
              <span class={nameOf(oid) === oid ? 'code' : ''}>{nameOf(oid)}</span>
              <Button
                look="subtle"
                small
                icon="close"
                aria-label={w('people.remove', { name: nameOf(oid) })}
                onClick={(event) =>
                  remove(oid, event.currentTarget.closest('.connections-people')?.querySelector('input'))
                }
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
