// The meeting that is a visit's room: who organises it where no clinician has, who waits, chat, recording, the
// clinicians' page, when patients may come in.
import { Checkbox, Radios } from '../../ui/Choices';
import { Select } from '../../ui/Select';
import { useConnections } from '../../words/connections';
import { useFormat } from '../../words/format';
import { CHATS, EARLY, LATE, LOBBIES } from './entries';
import type { FormProps } from './formProps';
import { Part } from './Part';
import { PeopleField } from './people';

const ANY = 'any';

export function PoolPart({ entries, set, error, level }: FormProps) {
  const w = useConnections();
  return (
    <Part title={w('pool.title')} lead={w('pool.lead')} level={level}>
      <PeopleField
        label={w('pool.label')}
        hint={w('pool.hint')}
        required={false}
        oids={entries.organizers}
        error={error('organizers')}
        onChange={(oids) => set('organizers', oids)}
      />
    </Part>
  );
}

export function RoomPart({ entries, set, error, level }: FormProps) {
  const w = useConnections();
  const { room } = entries;
  return (
    <Part title={w('room.title')} lead={w('room.lead')} level={level}>
      <Radios
        legend={w('lobby.label')}
        value={room.lobby}
        error={error('room')}
        options={LOBBIES.map((value) => ({ value, label: w(`lobby.${value}`), hint: w(`lobby.${value}.hint`) }))}
        onChange={(lobby) => set('room', { ...room, lobby })}
      />
      <Radios
        legend={w('chat.label')}
        value={room.chat}
        options={CHATS.map((value) => ({ value, label: w(`chat.${value}`), hint: w(`chat.${value}.hint`) }))}
        onChange={(chat) => set('room', { ...room, chat })}
      />
      <Checkbox
        label={w('recording.label')}
        hint={w('recording.hint')}
        checked={room.recording}
        onChange={(recording) => set('room', { ...room, recording })}
      />
      <Checkbox
        label={w('visit_page.label')}
        hint={w('visit_page.hint')}
        checked={room.visit_page}
        onChange={(visit_page) => set('room', { ...room, visit_page })}
      />
      <PatientsTime entries={entries} set={set} />
    </Part>
  );
}

/** From when until when the patient's link and the patient portal lead into the visit. */
function PatientsTime({ entries, set }: Pick<FormProps, 'entries' | 'set'>) {
  const w = useConnections();
  const format = useFormat();
  const { room } = entries;
  const minutes = (given: readonly number[], mine: number | null) =>
    [...new Set(mine === null ? given : [...given, mine])].sort((one, other) => one - other);
  return (
    <>
      <Select
        label={w('early.label')}
        hint={w('early.hint')}
        value={room.early_minutes === null ? ANY : String(room.early_minutes)}
        options={[
          ...minutes(EARLY, room.early_minutes).map((each) => ({
            value: String(each),
            label: each ? w('early.before', { time: format.duration(each * 60) }) : w('early.start'),
          })),
          { value: ANY, label: w('early.any') },
        ]}
        onChange={(value) => set('room', { ...room, early_minutes: value === ANY ? null : Number(value) })}
      />
      <Select
        label={w('late.label')}
        hint={w('late.hint')}
        value={String(room.late_minutes)}
        options={minutes(LATE, room.late_minutes).map((each) => ({
          value: String(each),
          label: each ? w('late.after', { time: format.duration(each * 60) }) : w('late.end'),
        }))}
        onChange={(value) => set('room', { ...room, late_minutes: Number(value) })}
      />
    </>
  );
}
