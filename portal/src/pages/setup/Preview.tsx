// What arrives on a phone, under the rules as they are being typed.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Schema } from '../../api/client';
import { useLoad } from '../../api/hooks';
import { api } from '../../session/session';
import { Banner } from '../../ui/Banner';
import { Loading } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { Badge } from '../../ui/Small';
import { Tabs } from '../../ui/Tabs';
import { useFormat } from '../../words/format';
import { isLanguage, LANGUAGES, type Language } from '../../words/language';
import { useSetup } from '../../words/setup';
import type { Rules } from './draft';
import { foreign } from './gsm';

type Text = Schema<'SmsText'>;
const LINK = /(https?:\/\/\S+)/;
const PAUSE_MS = 300;
const KINDS = ['scheduled', 'updated', 'cancelled', 'reminder'] as const;

/** A value once it has stayed the same for a while. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function Preview({ id, rules }: { id: string; rules: Rules }) {
  const w = useSetup();
  const own = isLanguage(rules.language) ? rules.language : 'en';
  const [tab, setTab] = useState<Language>(own);
  useEffect(() => setTab(own), [own]);
  const organisation = useSettled(rules.organisation);
  const params = { path: { id } };
  const texts = useLoad(
    (signal) => ask(api().POST('/connections/{id}/sms/preview', { params, body: { organisation }, signal })),
    [id, organisation],
  );
  // The ones before stay until the next are there: it would flicker with each word.
  const kept = useRef<readonly Text[]>(undefined);
  if (texts.data) kept.current = texts.data.texts;
  const shown = kept.current?.filter(({ language }) => language === tab);
  const sends = (kind: string) =>
    kind === 'reminder' ? rules.reminders.length > 0 : rules.confirmations.includes(kind);
  return (
    <div class="setup-preview">
      <Section title={w('preview')} lead={w('preview.lead')}>
        {texts.problem && <ProblemNote problem={texts.problem} onRetry={texts.reload} />}
        {shown ? (
          <Tabs
            label={w('preview.languages')}
            tabs={Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as Language, label }))}
            value={tab}
            onChange={setTab}
          >
            <div class="setup-phone" aria-busy={texts.loading}>
              {KINDS.map((kind) => {
                const text = shown.find((one) => one.kind === kind);
                return text && <Bubble key={kind} kind={kind} text={text} sent={sends(kind)} />;
              })}
            </div>
            <Notes texts={shown.filter(({ kind }) => sends(kind))} />
          </Tabs>
        ) : (
          !texts.problem && <Loading lines={6} />
        )}
      </Section>
    </div>
  );
}

function Bubble({ kind, text, sent }: { kind: (typeof KINDS)[number]; text: Text; sent: boolean }) {
  const w = useSetup();
  const format = useFormat();
  const [before, link, after] = text.text.split(LINK);
  return (
    <section class={`setup-text${sent ? '' : ' setup-text-off'}`}>
      <h3 class="setup-text-kind">
        {w(`kind.${kind}`)} {!sent && <Badge>{w('preview.off')}</Badge>}
      </h3>
      <p class="setup-bubble" lang={text.language}>
        {before}
        <span class="setup-link">{link}</span>
        {after}
      </p>
      <p class="setup-text-size">
        {w('preview.size', { encoding: text.encoding, characters: format.number(text.characters) })}
        {' · '}
        {w('preview.segments', { count: text.segments })}
      </p>
    </section>
  );
}

/** Why it costs what it costs. */
function Notes({ texts }: { texts: readonly Text[] }) {
  const w = useSetup();
  const strange = [
    ...new Set(texts.filter(({ encoding }) => encoding === 'UCS-2').flatMap((one) => foreign(one.text))),
  ];
  return (
    <div class="stack">
      {strange.length > 0 && (
        <Banner tone="warning" title={w('preview.ucs', { count: strange.length, characters: strange.join(' ') })}>
          <p>{w('preview.ucs.text')}</p>
        </Banner>
      )}
      {texts.some(({ segments }) => segments > 1) && <p class="field-hint setup-none">{w('preview.several')}</p>}
    </div>
  );
}
