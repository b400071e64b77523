import type { ComponentChildren } from 'preact';
import type { OwnCode, Problem } from '../api/problem';
import { useCodeText } from '../words/codes';
import { useCommon } from '../words/common';
import { Banner } from './Banner';
import { Button } from './Button';

const OWN: readonly string[] = ['network.unreachable', 'network.timeout', 'answer.unexpected'] satisfies OwnCode[];

/** A problem's sentence and fix in the language spoken. */
export function useProblemText(): (problem: Problem) => { detail: string; fix: string } {
  const t = useCommon();
  const codeText = useCodeText();
  return (problem) => {
    if (!OWN.includes(problem.code)) return codeText({ code: problem.code, detail: problem.detail, fix: problem.fix });
    const code = problem.code as OwnCode;
    return { detail: t(`${code}.detail`), fix: t(`${code}.fix`) };
  };
}

interface Props {
  readonly problem: Problem;
  /** Shown as "Try again" where that may help. */
  readonly onRetry?: (() => void) | undefined;
  readonly actions?: ComponentChildren;
}

/** What went wrong and what mends it; the code and the trace id for whoever helps. */
export function ProblemNote({ problem, onRetry, actions }: Props) {
  const t = useCommon();
  const { detail, fix } = useProblemText()(problem);
  return (
    <Banner
      tone="error"
      live
      title={detail}
      actions={
        (onRetry || actions) && (
          <>
            {onRetry && (
              <Button small icon="refresh" onClick={onRetry}>
                {t('problem.retry')}
              </Button>
            )}
            {actions}
          </>
        )
      }
    >
      {fix && <p>{fix}</p>}
      <dl class="problem-facts">
        <div>
          <dt>{t('problem.code')}</dt>
          <dd class="code">
            {OWN.includes(problem.code) ? problem.code : <a href={`/errors/${problem.code}`}>{problem.code}</a>}
          </dd>
        </div>
        {problem.traceId && (
          <div>
            <dt>{t('problem.trace')}</dt>
            <dd class="code">{problem.traceId}</dd>
          </div>
        )}
      </dl>
    </Banner>
  );
}
