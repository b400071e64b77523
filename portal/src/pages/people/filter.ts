// Who is looked for among the linked clinicians. It stays in the page: a name has no place in an address.
import type { Schema } from '../../api/client';
import type { Names } from '../../app/names';

export type Clinician = Schema<'Clinician'>;

export interface Filter {
  readonly text: string;
  /** A connection's id; empty for all. */
  readonly connection: string;
}

export const EVERYBODY: Filter = { text: '', connection: '' };

export const isEverybody = ({ text, connection }: Filter): boolean => !text.trim() && !connection;

/** The same for José and jose. */
const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();

/** Those that fit: every word of the text is in the name, the user name or an id. */
export function fitting(linked: readonly Clinician[], { text, connection }: Filter, names: Names): Clinician[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  return linked.filter((one) => {
    if (connection && one.connection_id !== connection) return false;
    const person = names.of(one.oid);
    const all = plain([person?.name, person?.username, one.ehr_user, one.oid].join(' '));
    return words.every((word) => all.includes(word));
  });
}
