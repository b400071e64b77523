// Time zones, to be found by city, by name or by distance from Greenwich.
import type { Item } from '../../ui/Combobox';

const MOST = 50;
const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .replace(/[_/]/g, ' ')
    .toLowerCase();

function named(zone: string, tag: string, style: 'longGeneric' | 'longOffset'): string {
  const parts = new Intl.DateTimeFormat(tag, { timeZone: zone, timeZoneName: style }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** A zone with its name in the language, and how far it is from UTC now. */
export function zoneItem(zone: string, tag: string): Item {
  return { value: zone, label: zone, detail: `${named(zone, tag, 'longGeneric')} · ${named(zone, tag, 'longOffset')}` };
}

const all = new Map<string, { item: Item; text: string }[]>();

/** Zones in which every word of the text occurs; those whose city begins with it first. */
export function findZones(text: string, tag: string): Item[] {
  let zones = all.get(tag);
  if (!zones) {
    zones = Intl.supportedValuesOf('timeZone').map((zone) => {
      const item = zoneItem(zone, tag);
      return { item, text: plain(`${zone} ${item.detail}`) };
    });
    all.set(tag, zones);
  }
  const wanted = plain(text);
  const words = wanted.split(/\s+/);
  const city = (zone: string) => plain(zone.slice(zone.lastIndexOf('/') + 1)).startsWith(wanted);
  return zones
    .filter((one) => words.every((word) => one.text.includes(word)))
    .sort((one, other) => Number(city(other.item.value)) - Number(city(one.item.value)))
    .slice(0, MOST)
    .map(({ item }) => item);
}
