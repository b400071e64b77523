// What each part of the form is given.
import type { Entries, Field } from './entries';

export interface FormProps {
  readonly entries: Entries;
  set<F extends Field>(field: F, value: Entries[F]): void;
  error(field: Field): string | undefined;
  /** Of the parts' headings. */
  readonly level: number;
}
