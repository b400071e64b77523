// A finding in the reader's language, with its values as people write them.
//
// English comes filled in from the API, so there the values are exchanged in the text; the other languages have texts
// with placeholders.
import { type Format, useFormat } from '../../words/format';
import { useHealth } from '../../words/health';
import { useFindingWords } from '../../words/health/findings';
import { useRecords } from '../../words/records';
import type { Finding } from './findings';

/** One value as it came, in words. Those that are no code stay as they are: names, numbers, addresses. */
type Say = (value: string) => string;

export function useFindingText(): (finding: Finding, zone: string) => { detail: string; fix: string } {
  const w = useHealth();
  const r = useRecords();
  const format = useFormat();
  const words = useFindingWords();
  /** The word for a code of ours; the code itself where there is none. */
  const known = (key: string, value: string): string => {
    const said = w(key as Parameters<typeof w>[0]);
    return said === key ? value : said;
  };
  const differs = (value: string) =>
    value.startsWith('context:') ? w('differs.context', { name: value.slice(8) }) : known(`differs.${value}`, value);
  const record = (value: string) => {
    const key = `name.${value}`;
    const said = r(key as Parameters<typeof r>[0]);
    return said === key ? value : said;
  };

  return (finding, zone) => {
    const { code, values } = finding;
    const found = words(finding);
    const translated = found.detail !== finding.detail;
    const says: Record<string, Say> = {
      at: (value) => moment(format, value, zone),
      since: (value) => moment(format, value, zone),
      // "a launch of clinicians" reads well, "the clinicians client" does not: English keeps Epic's word there.
      audience: (value) => (translated || code === 'launch.never' ? known(`audience.${value}`, value) : value),
      audiences: (value) => each(format, value, (one) => known(`audience.${one}`, one)),
      environment: (value) => known(`environment.${value}`, value),
      other: (value) => known(`environment.${value}`, value),
      record,
      names: (value) => each(format, value, (one) => one),
      differs: (value) => each(format, value, differs),
      fields: (value) => each(format, value, (one) => known(`fields.${one}`, one)),
      missing: (value) => each(format, value, (one) => known(`missing.${one}`, one)),
      state: (value) => known(`state.${value}`, value),
      reason: (value) => (code === 'state.rejected' ? value : known(`reason.${value}`, value)),
      error: (value) => known(`error.${value}`, value),
      why: (value) => known(`why.${value}`, value),
      check: (value) => known(`check.${value}`, value),
    };
    const shown = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, says[name]?.(value) ?? value]),
    );
    const fill = (text: string) =>
      translated
        ? text.replace(/\{(\w+)\}/g, (whole, name: string) => shown[name] ?? whole)
        : exchanged(text, values, shown);
    return { detail: fill(found.detail), fix: fill(found.fix) };
  };
}

const moment = (format: Format, at: string, zone: string) => (at ? format.dateTime(at, zone || 'UTC') : at);
const each = (format: Format, value: string, say: Say) => format.list(value.split(', ').filter(Boolean).map(say));

/** The text with each value written as shown. Longer ones first: one may be part of another. */
function exchanged(text: string, values: Finding['values'], shown: Record<string, string>): string {
  const names = Object.keys(values)
    .filter((name) => values[name] && values[name] !== shown[name])
    .sort((one, other) => (values[other] ?? '').length - (values[one] ?? '').length);
  return names.reduce((now, name) => now.replace(values[name] ?? '', () => shown[name] ?? ''), text);
}
