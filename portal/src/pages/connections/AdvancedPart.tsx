// What most hospitals never touch: statuses written back into the EHR, the algorithm of our signature.
import { useId } from 'preact/hooks';
import { Radios } from '../../ui/Choices';
import { FieldGroup } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { useConnections } from '../../words/connections';
import { ARRIVALS, ASSERTIONS, type Entries, ID_TYPES, STATUSES } from './entries';
import type { FormProps } from './formProps';

const LONGEST = 20;
/** The values of one EHR are nothing to another. */
const BEGINNING: Record<Entries['writeback']['kind'], Omit<Entries['writeback'], 'kind'>> = {
  none: { statuses: {}, id_types: {} },
  'epic-2018': { statuses: {}, id_types: {} },
  'oracle-health': { statuses: { waiting: 'arrived', connected: 'checked-in' }, id_types: {} },
};

export function AdvancedPart({ entries, set, error, level }: FormProps) {
  const w = useConnections();
  const id = useId();
  const { writeback } = entries;
  const Head = `h${level}` as 'h3';
  const wrong = error('writeback') ?? error('assertion');
  return (
    <details class="connections-advanced" {...(wrong ? { open: true } : {})}>
      <summary>
        <Icon name="chevron" />
        <Head id={id}>{w('advanced.title')}</Head>
        <span class="soft">{w('advanced.lead')}</span>
      </summary>
      <div class="form">
        <Radios
          legend={w('writeback.label')}
          hint={w('writeback.hint')}
          value={writeback.kind}
          error={error('writeback')}
          options={[
            { value: 'none', label: w('writeback.none'), hint: w('writeback.none.hint') },
            { value: 'epic-2018', label: w('writeback.epic'), hint: w('writeback.epic.hint') },
            { value: 'oracle-health', label: w('writeback.oracle'), hint: w('writeback.oracle.hint') },
          ]}
          onChange={(kind) => {
            const other = (kind === 'oracle-health') !== (writeback.kind === 'oracle-health');
            set('writeback', { ...writeback, ...(other && BEGINNING[kind]), kind });
          }}
        />
        {writeback.kind === 'oracle-health' && (
          <FieldGroup legend={w('arrivals.label')} hint={w('arrivals.hint')}>
            <div class="form-columns">
              {(['waiting', 'connected'] as const).map((status) => (
                <Select
                  key={status}
                  label={w(`arrivals.${status}`)}
                  required={false}
                  value={writeback.statuses[status] ?? ''}
                  options={ARRIVALS[status].map((value) => ({ value, label: value || w('arrivals.none') }))}
                  onChange={(value) =>
                    set('writeback', { ...writeback, statuses: { ...writeback.statuses, [status]: value } })
                  }
                />
              ))}
            </div>
          </FieldGroup>
        )}
        {writeback.kind === 'epic-2018' && (
          <>
            <FieldGroup legend={w('statuses.label')} hint={w('statuses.hint')}>
              <div class="form-columns">
                {STATUSES.map((status) => (
                  <TextField
                    key={status}
                    label={w(`status.${status}`)}
                    required={false}
                    code
                    maxLength={LONGEST}
                    value={writeback.statuses[status] ?? ''}
                    onChange={(value) =>
                      set('writeback', { ...writeback, statuses: { ...writeback.statuses, [status]: value } })
                    }
                  />
                ))}
              </div>
            </FieldGroup>
            <FieldGroup legend={w('idtypes.label')} hint={w('idtypes.hint')}>
              <div class="form-columns">
                {ID_TYPES.map((type) => (
                  <TextField
                    key={type}
                    label={w(`idtype.${type}`)}
                    required={false}
                    code
                    maxLength={LONGEST}
                    value={writeback.id_types[type] ?? ''}
                    onChange={(value) =>
                      set('writeback', { ...writeback, id_types: { ...writeback.id_types, [type]: value } })
                    }
                  />
                ))}
              </div>
            </FieldGroup>
          </>
        )}
        <Select
          label={w('assertion.label')}
          hint={w('assertion.hint')}
          value={entries.assertion}
          error={error('assertion')}
          options={ASSERTIONS.map((value) => ({ value, label: w(`assertion.${value}`) }))}
          onChange={(assertion) => set('assertion', assertion)}
        />
      </div>
    </details>
  );
}
