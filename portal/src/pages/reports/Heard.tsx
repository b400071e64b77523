import { useState } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { Checkbox } from '../../ui/Choices';
import { Select } from '../../ui/Select';
import { Table } from '../../ui/Table';
import { useReports } from '../../words/reports';
import { Bars } from './Bars';
import { Columns } from './Columns';
import { NONE, QUALITY, type Quality, type QualityMeasure, useSay } from './figures';
import { Panel } from './Panel';

const GROUPS = ['devices', 'networks', 'departments', 'periods'] as const;
type Group = (typeof GROUPS)[number];
const DEVICES = ['phone', 'desktop', 'browser', 'other'] as const;
const NETWORKS = ['wifi', 'wired', 'mobile', 'other'] as const;

interface Props {
  readonly quality: Quality;
  readonly download: (table: Group) => Promise<void>;
}

interface Row {
  readonly key: string;
  readonly label: string;
  readonly figures: Schema<'QualityFigures'>;
}

/** How well people heard each other: the columns that one chooses, by what one chooses. */
export function Heard({ quality, download }: Props) {
  const w = useReports();
  const say = useSay();
  const [group, setGroup] = useState<Group>('devices');
  const [chosen, setChosen] = useState<readonly QualityMeasure[]>(QUALITY);
  const title = w('quality');
  if (!quality.totals.streams)
    return (
      <Panel title={title}>
        <p class="soft">{quality.enabled ? w('quality.none') : w('quality.off')}</p>
      </Panel>
    );
  const rows = rowsOf();
  const toggle = (name: QualityMeasure, on: boolean) =>
    setChosen(QUALITY.filter((one) => (one === name ? on : chosen.includes(one))));
  return (
    <Panel
      title={title}
      lead={w('quality.lead', { count: quality.totals.streams })}
      download={() => download(group)}
      controls={
        <>
          <Select
            label={w('quality.by')}
            value={group}
            options={GROUPS.map((value) => ({ value, label: w(`quality.by.${value}`) }))}
            onChange={setGroup}
          />
          <fieldset class="reports-columns">
            <legend>{w('quality.columns')}</legend>
            {QUALITY.map((name) => (
              <Checkbox
                key={name}
                label={w(`quality.${name}`)}
                checked={chosen.includes(name)}
                onChange={(on) => toggle(name, on)}
              />
            ))}
          </fieldset>
        </>
      }
      table={
        <Table
          caption={title}
          columns={[
            { key: 'name', title: w(`quality.by.${group}`), names: true, cell: ({ label }) => label },
            {
              key: 'streams',
              title: w('quality.streams'),
              end: true,
              cell: ({ figures }) => say.count(figures.streams),
            },
            ...chosen.map((name) => ({
              key: name,
              title: w(`quality.${name}`),
              end: true,
              cell: ({ figures }: Row) => say.exact(figures[name]),
            })),
          ]}
          rows={rows}
          rowKey={({ key }) => key}
        />
      }
    >
      <div class="reports-multiples">
        {chosen.map((name) => (
          <div key={name}>
            <h3>{w(`quality.${name}`)}</h3>
            {group === 'periods' ? (
              <Columns
                label={w('chart', { title: w(`quality.${name}`) })}
                places={rows.map(({ label }) => label)}
                series={[{ name: w(`quality.${name}`), values: rows.map(({ figures }) => figures[name]) }]}
                format={say.exact}
              />
            ) : (
              <Bars
                label={w('chart', { title: w(`quality.${name}`) })}
                bars={rows.map(({ key, label, figures }) => ({
                  key,
                  label,
                  value: figures[name],
                  said: figures[name] === null ? NONE : say.exact(figures[name]),
                }))}
              />
            )}
          </div>
        ))}
      </div>
      {chosen.length === 0 && <p class="soft">{w('quality.choose')}</p>}
    </Panel>
  );

  function rowsOf(): Row[] {
    if (group === 'devices')
      return quality.devices.map((figures) => {
        const name = DEVICES.find((one) => one === figures.device);
        return { key: figures.device, label: name ? w(`device.${name}`) : figures.device, figures };
      });
    if (group === 'networks')
      return quality.networks.map((figures) => {
        const name = NETWORKS.find((one) => one === figures.network);
        return { key: figures.network, label: name ? w(`network.${name}`) : figures.network, figures };
      });
    if (group === 'departments')
      return quality.departments
        .filter(({ streams }) => streams > 0)
        .map((figures) => ({
          key: figures.department,
          label: figures.department || w('department.none'),
          figures,
        }));
    return quality.periods.map((figures) => ({
      key: figures.from,
      label: say.period(figures.from, figures.to, quality.by),
      figures,
    }));
  }
}
