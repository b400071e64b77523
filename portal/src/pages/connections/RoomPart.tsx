// The meeting that is a visit's room: who organises it where no clinician has, who waits, chat, recording, the
// clinicians' page.
import { Checkbox, Radios } from '../../ui/Choices';
import { useConnections } from '../../words/connections';
import type { FormProps } from './ConnectionForm';
import { CHATS, LOBBIES } from './entries';
import { Part } from './Part';
import { PeopleField } from './people';

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
    </Part>
  );
}
