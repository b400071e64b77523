// The numbers that texts can leave from: those there are first, then the way to another one.
import { useRef, useState } from 'preact/hooks';
import { useLoad } from '../../api/hooks';
import { bothGiven, type Consents, loadNumbers, type PhoneNumber } from '../../app/numbers';
import { Button } from '../../ui/Button';
import { Loadable } from '../../ui/Loading';
import { EmptyState, Section } from '../../ui/Page';
import { useSms } from '../../words/sms';
import { Course } from './Course';
import { NewNumberDialog } from './NewNumber';
import { NumberTable } from './NumberTable';
import { type Operation, useWatched } from './operation';
import { VerificationDialog, VerificationNote } from './Verification';

const NEW_MS = 86_400_000;

export function NumbersSection({ consents }: { consents: Consents | undefined }) {
  const w = useSms();
  const list = useLoad(loadNumbers, []);
  const [asking, setAsking] = useState(false);
  const [recording, setRecording] = useState<PhoneNumber>();
  // What has come of the operation since the list was loaded.
  const [news, setNews] = useState<Operation>();
  const wanted = useRef<string | undefined>(undefined);
  const operation = news ?? list.data?.operation ?? undefined;
  const running = operation?.state === 'running';
  const watched = useWatched(running ? operation.id : undefined, (next) => {
    setNews(next);
    if (next.state === 'running') return;
    wanted.current = next.number ?? undefined;
    list.reload();
  });
  const isNew = operation?.number && Date.now() - Date.parse(operation.updated_at) < NEW_MS;
  return (
    <Section
      title={w('numbers')}
      lead={w('numbers.lead')}
      actions={
        list.data && (
          <Button look="primary" icon="add" busy={running} onClick={() => setAsking(true)}>
            {w(running ? 'new.running' : 'new')}
          </Button>
        )
      }
    >
      {operation && <Course operation={operation} watched={watched} onAgain={() => setAsking(true)} fresh={!!news} />}
      <Loadable of={list}>
        {(data) =>
          data.numbers.length === 0 ? (
            <EmptyState title={w('none')}>
              <p>{w('none.text')}</p>
            </EmptyState>
          ) : (
            <>
              <NumberTable
                numbers={data.numbers}
                fresh={isNew ? operation.number : undefined}
                focus={wanted}
                onRecord={setRecording}
              />
              <VerificationNote numbers={data.numbers} />
            </>
          )
        }
      </Loadable>
      {list.data && (
        <NewNumberDialog
          open={asking}
          offered={list.data.offered}
          existing={list.data.numbers}
          allowed={consents === undefined || bothGiven(consents)}
          onBegun={(begun) => {
            setNews(begun);
            setAsking(false);
          }}
          onClose={() => setAsking(false)}
        />
      )}
      <VerificationDialog
        number={recording}
        onSaved={(saved) => {
          setRecording(undefined);
          if (list.data) {
            const numbers = list.data.numbers.map((one) => (one.number === saved.number ? saved : one));
            list.set({ ...list.data, numbers });
          }
        }}
        onClose={() => setRecording(undefined)}
      />
    </Section>
  );
}
