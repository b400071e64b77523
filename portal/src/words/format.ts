// Dates, times, numbers as the reader's language writes them. A time always says which zone it is in.
import { useMemo } from 'preact/hooks';
import { useStore } from '../store';
import { language, locale } from './language';

export interface Format {
  /** 24 November 2026 */
  date(instant: string | Date, zone: string): string;
  /** 10:15 CST */
  time(instant: string | Date, zone: string): string;
  /** 24 November 2026 at 10:15 CST */
  dateTime(instant: string | Date, zone: string): string;
  /** in 3 days, 2 hours ago: the largest unit that fits */
  relative(instant: string | Date, now?: Date): string;
  /** 2 minutes; 24 hours; 1 hour 30 minutes */
  duration(seconds: number): string;
  number(value: number): string;
  /** a, b and c */
  list(items: readonly string[]): string;
  /** Central Time */
  zoneName(zone: string): string;
  /** The language's name for a country: US, United States */
  country(code: string): string;
}

const UNITS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** The zone of this browser, where there is no connection's to use. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function formatFor(tag: string): Format {
  const asDate = (instant: string | Date) => (typeof instant === 'string' ? new Date(instant) : instant);
  const formatted = (instant: string | Date, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, options).format(asDate(instant));
  const day = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  const clock = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const;
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(tag, { style: 'unit', unit: name, unitDisplay: 'long' }).format(value);
  return {
    date: (instant, zone) => formatted(instant, { ...day, timeZone: zone }),
    time: (instant, zone) => formatted(instant, { ...clock, timeZone: zone }),
    dateTime: (instant, zone) => formatted(instant, { ...day, ...clock, timeZone: zone }),
    relative(instant, now = new Date()) {
      const seconds = (asDate(instant).getTime() - now.getTime()) / 1000;
      const [name, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
      return new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(Math.round(seconds / size), name);
    },
    duration(seconds) {
      // 90 minutes are an hour and a half, 24 hours stay 24 hours: reminders are spoken of so.
      const hours = Math.floor(seconds / 3600);
      const minutes = Math.floor((seconds % 3600) / 60);
      const parts = [hours && unit(hours, 'hour'), minutes && unit(minutes, 'minute')].filter((part) => part !== 0);
      return parts.length ? parts.join(' ') : unit(Math.round(seconds), 'second');
    },
    number: (value) => new Intl.NumberFormat(tag).format(value),
    list: (items) => new Intl.ListFormat(tag).format(items),
    zoneName(zone) {
      const parts = new Intl.DateTimeFormat(tag, { timeZone: zone, timeZoneName: 'longGeneric' }).formatToParts();
      return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
    },
    country: (code) => new Intl.DisplayNames(tag, { type: 'region' }).of(code) ?? code,
  };
}

/** Formats for the language spoken now. */
export function useFormat(): Format {
  const of = useStore(language);
  return useMemo(() => formatFor(locale(of)), [of]);
}
