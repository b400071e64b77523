// One connection: for its approver the steps and what came of them, for everyone else why not, and who.
import { ConnectionBar, useConnection } from '../../app/connections';
import { Loadable } from '../../ui/Loading';
import { Deciding } from './Deciding';
import { Look } from './Look';
import { useViewer } from './people';
import { Closed, Gone, NotYou, Stranger } from './Refusal';

export function ApproveOne({ id }: { id: string }) {
  const viewer = useViewer();
  const connection = useConnection(id);
  const code = connection.problem?.code;
  if (code === 'auth.role_missing') return <Stranger />;
  if (code === 'not_found') return <Gone />;
  return (
    <Loadable of={connection} lines={8}>
      {(shown) => (
        <>
          <ConnectionBar connection={shown} page="approve" among={viewer.names} />
          {!viewer.names(shown) ? (
            <>
              <NotYou connection={shown} />
              <Look connection={shown} reader={shown.approver?.name} />
            </>
          ) : shown.state === 'draft' || shown.state === 'disabled' ? (
            <Closed state={shown.state} />
          ) : (
            <Deciding connection={shown} loaded={connection} />
          )}
        </>
      )}
    </Loadable>
  );
}
