// The small ones: badge, copy button, moment, progress, address.
import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useCommon } from '../words/common';
import { useFormat } from '../words/format';
import { Button } from './Button';
import { announce, toast } from './toast';
import './small.css';

export type Tone = 'neutral' | 'success' | 'warning' | 'danger' | 'brand';

/** One or two words about the state of a thing. The colour only repeats them. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge badge-${tone}`}>{children}</span>;
}

interface CopyProps {
  /** What is copied; a function where making it costs something. */
  readonly text: string | (() => string);
  /** What it is, for who does not see which row the button is in: "Copy the client id". */
  readonly label: string;
  /** What the button says beside its icon; nothing in a row of a table. */
  readonly children?: ComponentChildren;
}

/** Copies, and says so. */
export function CopyButton({ text, label, children }: CopyProps) {
  const t = useCommon();
  const [copied, setCopied] = useState(0);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(0), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
    } catch {
      // A policy of the organisation may forbid it.
      toast(t('copy.failed'), 'warning');
      return;
    }
    setCopied((count) => count + 1);
    announce(t('copy.done'));
  };
  return (
    <Button
      small
      look={children ? 'secondary' : 'subtle'}
      icon={copied ? 'check' : 'copy'}
      aria-label={label}
      title={label}
      onClick={copy}
    >
      {children && (copied ? t('copy.done') : children)}
    </Button>
  );
}

interface MomentProps {
  readonly at: string;
  /** IANA's name; the connection's, or that of this browser (`ownZone()`). */
  readonly zone: string;
  /** "2 days ago", with the date when pointed at. */
  readonly relative?: boolean;
}

/** A moment, with the zone it is told in. */
export function DateTime({ at, zone, relative }: MomentProps) {
  const format = useFormat();
  const full = format.dateTime(at, zone);
  return (
    <time dateTime={at} title={full}>
      {relative ? format.relative(at) : full}
    </time>
  );
}

/** How far something got, or that it goes on: without `value` nobody knows how long. */
export function Progress({ label, value, max = 1 }: { label: string; value?: number; max?: number }) {
  return (
    <div class="progress">
      <span class="progress-label">{label}</span>
      <progress aria-label={label} max={max} {...(value === undefined ? {} : { value })} />
    </div>
  );
}

/** An address that may go on in the next line after each slash. */
export function Breakable({ children }: { children: string }) {
  return (
    <>
      {children.split(/(?<=\w\/)/).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name, and two can be alike
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </>
  );
}
