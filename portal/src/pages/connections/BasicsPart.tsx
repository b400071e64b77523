// What every connection needs: where Epic is, which of its environments, where the clinic is, who approves.
import type { Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { Banner } from '../../ui/Banner';
import { Radios } from '../../ui/Choices';
import { Combobox } from '../../ui/Combobox';
import { useCommon } from '../../words/common';
import { useConnections } from '../../words/connections';
import { locale } from '../../words/language';
import { openOf } from './addresses';
import type { FormProps } from './formProps';
import { Part } from './Part';
import { PersonField } from './people';
import { UrlField } from './UrlField';
import { findZones, zoneItem } from './zones';

interface Props extends FormProps {
  /** The URL was refused when it was saved. */
  readonly refused: Problem | undefined;
  /** URL and environment belong to another connection, the API says. */
  readonly taken: boolean;
  readonly others: readonly Connection[];
}

/** Compared as the API keeps them, as far as that shows. */
const same = (one: string, other: string) => one.trim().replace(/\/$/, '').toLowerCase() === other.toLowerCase();

export function BasicsPart({ entries, set, error, level, refused, taken, others }: Props) {
  const t = useCommon();
  const w = useConnections();
  const tag = locale();
  const twin = others.find(
    ({ fhir_base, environment }) => same(entries.fhir_base, fhir_base) && environment === entries.environment,
  );
  return (
    <Part title={w('basics.title')} lead={w('basics.lead')} level={level}>
      <UrlField
        value={entries.fhir_base}
        clientId={entries.client_ids.provider?.trim() ?? ''}
        error={error('fhir_base') ?? (taken ? w('url.taken') : undefined)}
        refused={refused}
        onChange={(url) => set('fhir_base', url)}
      />
      {(taken || twin) && (
        <Banner tone="warning" title={w('twin.title')}>
          <p>{w('twin.text')}</p>
          {twin && <a href={openOf(twin.id)}>{w('twin.open')}</a>}
        </Banner>
      )}
      <Radios
        legend={w('environment.label')}
        value={entries.environment}
        error={error('environment')}
        options={(['testing', 'production'] as const).map((value) => ({
          value,
          label: t(`environment.${value}`),
          hint: w(`environment.${value}.hint`),
        }))}
        onChange={(environment) => set('environment', environment)}
      />
      <Combobox
        label={w('zone.label')}
        hint={w('zone.hint')}
        required
        placeholder={w('zone.placeholder')}
        value={entries.zone ? { ...zoneItem(entries.zone, tag) } : null}
        error={error('zone')}
        search={async (text) => findZones(text, tag)}
        onChange={(item) => set('zone', item?.value ?? '')}
      />
      <PersonField
        label={w('approver.label')}
        hint={w('approver.hint')}
        required
        value={entries.approver}
        error={error('approver')}
        onChange={(person) => set('approver', person)}
      />
    </Part>
  );
}
