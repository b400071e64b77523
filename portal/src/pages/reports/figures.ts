// Figures as people read them, and the measures by which periods and departments are compared. A figure that is not
// there is null, and is shown as a dash: never as 0.
import { useMemo } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useStore } from '../../store';
import { language, locale } from '../../words/language';

export type Usage = Schema<'UsageReport'>;
export type Figures = Schema<'UsageFigures'>;
export type Texts = Schema<'SmsReport'>;
export type Quality = Schema<'QualityReport'>;

export const NONE = '–';

export interface Say {
  count(value: number | null): string;
  /** 2.5 min, given seconds. */
  minutes(seconds: number | null): string;
  /** A share of a whole, both counts. */
  share(part: number, whole: number): string;
  /** Up to three digits behind the point. */
  exact(value: number | null): string;
  /** 24 Nov; 23 – 29 Nov; November 2026. */
  period(from: string, to: string, by: string): string;
  /** 10:15:20 AM */
  clock(instant: Date): string;
}

export function useSay(): Say {
  const of = useStore(language);
  return useMemo(() => sayFor(locale(of)), [of]);
}

function sayFor(tag: string): Say {
  const count = new Intl.NumberFormat(tag);
  const exact = new Intl.NumberFormat(tag, { maximumFractionDigits: 3 });
  const minute = { style: 'unit', unit: 'minute', unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  const minutes = new Intl.NumberFormat(tag, minute);
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const month = new Intl.DateTimeFormat(tag, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const clock = new Intl.DateTimeFormat(tag, { timeStyle: 'medium' });
  return {
    count: (value) => (value === null ? NONE : count.format(value)),
    minutes: (seconds) => (seconds === null ? NONE : minutes.format(seconds / 60)),
    share: (part, whole) => (whole ? percent.format(part / whole) : NONE),
    exact: (value) => (value === null ? NONE : exact.format(value)),
    period(from, to, by) {
      if (by === 'month') return month.format(new Date(from));
      return from === to ? day.format(new Date(from)) : day.formatRange(new Date(from), new Date(to));
    },
    clock: (instant) => clock.format(instant),
  };
}

export const STATUSES = [
  'scheduled',
  'waiting',
  'in_progress',
  'completed',
  'patient_no_show',
  'clinician_no_show',
  'abandoned_in_lobby',
  'nobody_came',
  'technical_failure',
  'cancelled',
] as const;

export const TEXT_STATES = [
  'texts_delivered',
  'texts_sent',
  'texts_due',
  'texts_sending',
  'texts_failed',
  'texts_missed',
  'texts_opted_out',
  'texts_superseded',
  'texts_withheld',
  'texts_unknown',
] as const;

/** What periods and departments can be compared by. */
export const MEASURES = [
  'visits',
  'completed',
  'patient_no_show',
  'clinician_no_show',
  'lobby_average_seconds',
  'call_average_seconds',
  'people',
] as const;
export type Measure = (typeof MEASURES)[number];

export const isTime = (measure: Measure): boolean => measure.endsWith('_seconds');

/** A measure's figure, in words. */
export const saidOf = (say: Say, measure: Measure, figures: Figures): string =>
  isTime(measure) ? say.minutes(figures[measure]) : say.count(figures[measure]);

export const QUALITY = ['jitter_ms', 'packet_loss_percent', 'round_trip_ms', 'mos_degradation'] as const;
export type QualityMeasure = (typeof QUALITY)[number];
