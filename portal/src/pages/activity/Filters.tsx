import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import type { Connection } from '../../app/connections';
import { dayOf } from '../../app/days';
import { ConnectionSelect, RangeFields } from '../../app/filters';
import type { Names } from '../../app/names';
import { api } from '../../session/session';
import { Combobox, type Item } from '../../ui/Combobox';
import { Select } from '../../ui/Select';
import { useActivity } from '../../words/activity';
import { useCommon } from '../../words/common';
import { daysOf, type Filter, GROUPS, isPossible, RANGES, type Range } from './filter';

interface Props {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
  readonly connections: readonly Connection[];
  readonly names: Names;
}

async function search(text: string, signal: AbortSignal): Promise<Item[]> {
  const { people } = await ask(api().GET('/directory/people', { params: { query: { search: text } }, signal }));
  return people.map(({ oid, name, username, job_title }) => ({
    value: oid,
    label: name || username,
    detail: [username, job_title].filter(Boolean).join(' · '),
  }));
}

/** When, what, who, which connection. Each counts at once. */
export function Filters({ filter, onChange, connections, names }: Props) {
  const t = useCommon();
  const w = useActivity();
  const [chosen, setChosen] = useState<Item | null>(null);
  const of = names.of(filter.by);
  const person = filter.by
    ? chosen?.value === filter.by
      ? chosen
      : { value: filter.by, label: of?.name || of?.username || filter.by }
    : null;
  const change = (part: Partial<Filter>) => onChange({ ...filter, ...part });
  const setRange = (range: Range) => {
    // A range of one's own begins as the one before it, to be changed from there.
    const now = new Date();
    const [from, to] = range === 'own' ? daysOf(filter, now) : ['', ''];
    change({ range, from, to: to || (range === 'own' ? dayOf(now) : '') });
  };
  return (
    <search class="activity-filters form-columns no-print">
      <RangeFields
        value={filter.range}
        options={RANGES}
        from={filter.from}
        to={filter.to}
        say={w}
        error={isPossible(filter) ? undefined : w('to.before')}
        onRange={setRange}
        onDays={change}
      />
      <Select
        label={w('group')}
        value={filter.group}
        options={[
          { value: '', label: w('group.all') },
          ...GROUPS.map((value) => ({ value, label: w(`group.${value}`) })),
        ]}
        onChange={(group) => change({ group })}
      />
      <Combobox
        label={w('person')}
        placeholder={w('person.all')}
        least={2}
        value={person}
        search={search}
        onChange={(item) => {
          setChosen(item);
          change({ by: item?.value ?? '' });
        }}
      />
      <ConnectionSelect
        value={filter.connection}
        connections={connections}
        gone={t('connection.gone')}
        onChange={(connection) => change({ connection })}
      />
    </search>
  );
}
