// The FHIR base URL, and what our service finds there. It is looked at when the field is left, by the API: a browser may
// not ask an Epic itself.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Schema } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import { api } from '../../session/session';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { ProblemNote } from '../../ui/ProblemNote';
import { Progress } from '../../ui/Small';
import { TextField } from '../../ui/TextField';
import { announce } from '../../ui/toast';
import { useCodeText } from '../../words/codes';
import { useConnections } from '../../words/connections';
import { releaseName } from './release';

type Checked = Schema<'Checked'>;
type Looked = { url: string; checked?: Checked; problem?: Problem };

interface Props {
  readonly value: string;
  readonly onChange: (url: string) => void;
  /** Some Epics answer by client. */
  readonly clientId: string;
  readonly error: string | undefined;
  /** Refused when it was saved: shown as the check would show it. */
  readonly refused: Problem | undefined;
}

export function UrlField({ value, onChange, clientId, error, refused }: Props) {
  const w = useConnections();
  const [looked, setLooked] = useState<Looked>();
  const [checking, setChecking] = useState(false);
  const cut = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => cut.current?.abort(), []);

  const stop = () => {
    cut.current?.abort();
    setChecking(false);
  };
  const check = async (text: string) => {
    const url = text.trim();
    stop();
    if (!url) return setLooked(undefined);
    const mine = new AbortController();
    cut.current = mine;
    setLooked(undefined);
    setChecking(true);
    try {
      const body = { fhir_base: url, client_id: clientId };
      const checked = await ask(api().POST('/connections/check', { body, signal: mine.signal }));
      if (mine.signal.aborted) return;
      setLooked({ url, checked });
      if (checked.usable) announce(w('url.usable')); // what is wrong is read with the field
    } catch (thrown) {
      if (!mine.signal.aborted) setLooked({ url, problem: asProblem(thrown) });
    } finally {
      if (!mine.signal.aborted) setChecking(false);
    }
  };
  const now = looked?.url === value.trim() ? looked : undefined;
  const findings = now?.checked?.findings ?? (refused && !now && !checking ? [refused] : []);
  return (
    <div class="connections-url">
      <TextField
        label={w('url.label')}
        hint={w('url.hint')}
        required
        code
        type="url"
        inputMode="url"
        maxLength={512}
        value={value}
        error={error ?? (findings.length ? w('url.unusable') : undefined)}
        onChange={(url) => {
          stop();
          onChange(url);
        }}
        onLeave={(url) => {
          if (url.trim() !== looked?.url) void check(url);
        }}
      />
      {checking && (
        <div aria-busy="true">
          <Progress label={w('url.checking')} />
        </div>
      )}
      {now?.checked?.usable && <Usable checked={now.checked} typed={value} />}
      {findings.length > 0 && <Findings findings={findings} onAgain={() => check(value)} />}
      {now?.problem && <ProblemNote problem={now.problem} onRetry={() => check(value)} />}
    </div>
  );
}

function Usable({ checked, typed }: { checked: Checked; typed: string }) {
  const w = useConnections();
  const release = checked.fhir_release;
  return (
    <Banner
      tone="success"
      title={release ? w('url.found', { name: releaseName(release), release }) : w('url.usable_unnamed')}
    >
      {checked.fhir_base !== typed.trim() && <p>{w('url.kept', { url: checked.fhir_base })}</p>}
    </Banner>
  );
}

interface Finding {
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

/** What is wrong with the URL, each with what mends it. */
function Findings({ findings, onAgain }: { findings: readonly Finding[]; onAgain: () => void }) {
  const w = useConnections();
  const inWords = useCodeText();
  return (
    <Banner
      tone="error"
      actions={
        <Button small icon="refresh" onClick={onAgain}>
          {w('url.again')}
        </Button>
      }
    >
      <ul class="connections-findings">
        {findings.map((finding) => {
          const { detail, fix } = inWords(finding);
          return (
            <li key={finding.code}>
              <p class="banner-title">{detail}</p>
              <p>{fix}</p>
            </li>
          );
        })}
      </ul>
    </Banner>
  );
}
