// How long before a visit a reminder leaves, as people say it.
import { useStore } from '../../store';
import { language, locale } from '../../words/language';

export const UNITS = { minutes: 1, hours: 60, days: 1440 } as const;
export type Unit = keyof typeof UNITS;

/** 15 minutes; 2 hours; 1 day; 1 day 2 hours. */
export function leadText(minutes: number, tag: string): string {
  const parts: [number, string][] = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ];
  return parts
    .filter(([value]) => value > 0)
    .map(([value, unit]) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(value))
    .join(' ');
}

/** The same in the language spoken. */
export function useLeadText(): (minutes: number) => string {
  const of = useStore(language);
  return (minutes) => leadText(minutes, locale(of));
}
