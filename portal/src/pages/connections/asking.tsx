// What hurts asks first: the API refuses once and says why, the person decides, and the same is sent with `confirm`.
import { useState } from 'preact/hooks';
import { type Action, useAction } from '../../api/hooks';
import { Problem } from '../../api/problem';
import { ConfirmDialog } from '../../ui/Dialog';
import { useConnections } from '../../words/connections';

const ASKS: readonly string[] = ['connection.in_use', 'approval.last_approver'];

export interface Question<Given extends unknown[]> {
  readonly problem: Problem;
  readonly given: Given;
}

export interface Asking<Given extends unknown[], T> extends Action<Given, T> {
  /** What is to be decided now, if anything. */
  readonly question: Question<Given> | undefined;
  /** Goes on in spite of it. */
  confirm(): void;
  /** Lets it be. */
  leave(): void;
}

/** An action whose `act` is told whether the person has confirmed. */
export function useAsking<Given extends unknown[], T>(
  act: (confirmed: boolean, ...given: Given) => Promise<T>,
): Asking<Given, T | undefined> {
  const [question, setQuestion] = useState<Question<Given>>();
  const attempt = async (confirmed: boolean, given: Given): Promise<T | undefined> => {
    try {
      const done = await act(confirmed, ...given);
      setQuestion(undefined);
      return done;
    } catch (thrown) {
      const asks = thrown instanceof Problem && ASKS.includes(thrown.code) && !confirmed;
      setQuestion(asks ? { problem: thrown, given } : undefined);
      if (asks) return undefined;
      throw thrown;
    }
  };
  const action = useAction(attempt);
  return {
    ...action,
    run: (...given: Given) => action.run(false, given),
    question,
    confirm: () => question && void action.run(true, question.given),
    leave: () => setQuestion(undefined),
  };
}

/** The question, with how many visits it is about. `going` is what the button does: "Remove anyway". */
export function AskDialog<Given extends unknown[]>({
  asking,
  going,
}: {
  asking: Asking<Given, unknown>;
  going: string;
}) {
  const w = useConnections();
  const problem = asking.question?.problem;
  const visits = Number(problem?.fields.visits_today ?? 0);
  const inUse = problem?.code === 'connection.in_use';
  return (
    <ConfirmDialog
      open={problem !== undefined}
      title={inUse ? w('ask.in_use', { count: visits }) : w('ask.last_approver')}
      confirm={going}
      danger
      busy={asking.busy}
      onConfirm={asking.confirm}
      onClose={asking.leave}
    >
      {!inUse && visits > 0 && <p>{w('ask.last_approver.visits', { count: visits })}</p>}
      <p>{inUse ? w('ask.in_use.text') : w('ask.last_approver.text')}</p>
    </ConfirmDialog>
  );
}
