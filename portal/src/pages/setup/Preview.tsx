// What arrives on a phone, under the rules as they are being typed.
import type { ComponentChildren } from 'preact';
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
import { useSetup } from '../../words/setup';
import type { Rules, Setter } from './draft';
import { isSpoken, SPOKEN, SPOKEN_HERE, type Spoken } from './spoken';
import { type Templates, templateChanges, withTemplate } from './templates';
import { Wording } from './Wording';

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

interface Props {
  readonly id: string;
  readonly rules: Rules;
  /** The templates that the API knows already. */
  readonly saved: Templates;
  readonly set: Setter;
  /** Templates that the API has refused: `es.reminder`. */
  readonly refused: readonly string[];
}

export function Preview({ id, rules, saved, set, refused }: Props) {
  const w = useSetup();
  const own = isSpoken(rules.language) ? rules.language : 'en';
  const [tab, setTab] = useState<Spoken>(own);
  useEffect(() => setTab(own), [own]);
  const [wrong] = refused.map((name) => name.slice(0, 2)).filter(isSpoken);
  useEffect(() => {
    if (wrong) setTab(wrong);
  }, [wrong]);
  const organisation = useSettled(rules.organisation);
  const typed = useSettled(rules.templates);
  const templates = templateChanges(saved, typed);
  const body = { organisation, templates } as Schema<'SmsChange'>;
  const params = { path: { id } };
  const texts = useLoad(
    (signal) => ask(api().POST('/connections/{id}/sms/preview', { params, body, signal })),
    [id, JSON.stringify(body)],
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
            tabs={SPOKEN_HERE.map((value) => ({ value, label: <span lang={value}>{SPOKEN[value]}</span> }))}
            value={tab}
            onChange={setTab}
          >
            <div class="setup-phone" aria-busy={texts.loading}>
              {KINDS.map((kind) => {
                const text = shown.find((one) => one.kind === kind);
                const name = `${tab}.${kind}`;
                return (
                  text && (
                    <Bubble key={name} kind={kind} text={text} sent={sends(kind)}>
                      <Wording
                        text={text}
                        name={w('wording.of', { kind: w(`kind.${kind}`), language: SPOKEN[tab] })}
                        own={rules.templates[tab]?.[kind]}
                        refused={refused.includes(name)}
                        onChange={(words) => set({ templates: withTemplate(rules.templates, tab, kind, words) })}
                      />
                    </Bubble>
                  )
                );
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

interface BubbleProps {
  readonly kind: (typeof KINDS)[number];
  readonly text: Text;
  readonly sent: boolean;
  readonly children: ComponentChildren;
}

function Bubble({ kind, text, sent, children }: BubbleProps) {
  const w = useSetup();
  const format = useFormat();
  const [before, link, after] = text.text.split(LINK);
  return (
    <section class={`setup-text${sent ? '' : ' setup-text-off'}`}>
      <h3 class="setup-text-kind">
        {w(`kind.${kind}`)} {!sent && <Badge>{w('preview.off')}</Badge>}
        {text.template !== text.ours && <Badge tone="brand">{w('wording.own')}</Badge>}
      </h3>
      <p class="setup-bubble" lang={text.language} dir="auto">
        {before}
        <span class="setup-link">{link}</span>
        {after}
      </p>
      <p class="setup-text-size">
        {w('preview.size', { encoding: text.encoding, characters: format.number(text.characters) })}
        {' · '}
        {w('preview.segments', { count: text.segments })}
      </p>
      {children}
    </section>
  );
}

/** Why it costs what it costs. */
function Notes({ texts }: { texts: readonly Text[] }) {
  const w = useSetup();
  const strange = [...new Set(texts.flatMap((one) => one.outside))];
  return (
    <div class="stack">
      {strange.length > 0 && (
        <Banner tone="warning" title={w('preview.ucs', { count: strange.length, characters: strange.join(' ') })}>
          <p>{w('preview.ucs.text')}</p>
        </Banner>
      )}
      {!strange.length && texts.some(({ encoding }) => encoding === 'UCS-2') && (
        <p class="field-hint setup-none">{w('preview.letters')}</p>
      )}
      {texts.some(({ segments }) => segments > 1) && <p class="field-hint setup-none">{w('preview.several')}</p>}
    </div>
  );
}
