// Client ids: how this app is called in the hospital's Epic, once for each kind of launch.
import { TextField } from '../../ui/TextField';
import { useConnections } from '../../words/connections';
import { AUDIENCES, type Audience } from './entries';
import type { FormProps } from './formProps';
import { Part } from './Part';

/** Whose client id is taken where there is none. */
const FALLBACK: Partial<Record<Audience, Audience>> = { devicetest: 'patient', directsms: 'provider' };
const BAD = /[^A-Za-z0-9._~-]/;

export function ClientsPart({ entries, set, error, level }: FormProps) {
  const w = useConnections();
  const trouble = error('client_ids');
  return (
    <Part title={w('clients.title')} lead={w('clients.lead')} level={level}>
      <div class="form-columns">
        {AUDIENCES.map((audience) => {
          const value = entries.client_ids[audience] ?? '';
          const fallback = FALLBACK[audience];
          const check = (text: string) => (BAD.test(text.trim()) ? w('wrong.client_id') : undefined);
          return (
            <TextField
              key={audience}
              label={w(`client.${audience}`)}
              hint={w(`client.${audience}.hint`)}
              required={false}
              code
              maxLength={100}
              value={value}
              check={check}
              error={trouble && check(value)}
              placeholder={(fallback && entries.client_ids[fallback]) ?? ''}
              onChange={(text) => set('client_ids', { ...entries.client_ids, [audience]: text })}
            />
          );
        })}
      </div>
      {trouble && AUDIENCES.every((audience) => !BAD.test((entries.client_ids[audience] ?? '').trim())) && (
        <p class="field-error">{trouble}</p>
      )}
    </Part>
  );
}
