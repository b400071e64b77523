// What the pages about texts share: a number as one reads it, what kind it is, how far its verification is.
import { ask, type Schema } from '../api/client';
import { api } from '../session/session';
import { Badge, type Tone } from '../ui/Small';
import { useCommon } from '../words/common';
import { useFormat } from '../words/format';

export type PhoneNumber = Schema<'NumberShown'>;
export type NumberList = Schema<'NumberList'>;
export type Consents = Schema<'ConsentsShown'>;

export const loadNumbers = (signal: AbortSignal): Promise<NumberList> => ask(api().GET('/phone-numbers', { signal }));
export const loadConsents = (signal: AbortSignal): Promise<Consents> => ask(api().GET('/sms/consents', { signal }));

/** Whether texts are allowed at all. */
export const bothGiven = (consents: Consents): boolean => consents.sms_terms.given && consents.patient_consent.given;

/** A number in groups: +1 833 555 0100. Others than those of North America stay as they are. */
export const grouped = (number: string): string => number.replace(/^(\+1)(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3 $4');

/** The kind of number in words: toll-free, local, or what the service calls it. */
export function useNumberType(): (type: string) => string {
  const t = useCommon();
  return (type) => (type === 'tollFree' || type === 'geographic' ? t(`number.${type}`) : type);
}

/** A number in one line, for where one is chosen: +1 833 555 0100 · Toll-free, United States */
export function useNumberLine(): (number: PhoneNumber) => string {
  const format = useFormat();
  const type = useNumberType();
  return (number) => `${grouped(number.number)} · ${type(number.type)}, ${format.country(number.country)}`;
}

const TONES: Record<PhoneNumber['verification'], Tone> = {
  not_needed: 'neutral',
  not_submitted: 'warning',
  submitted: 'brand',
  verified: 'success',
};

export function VerificationBadge({ state }: { state: PhoneNumber['verification'] }) {
  const t = useCommon();
  return <Badge tone={TONES[state]}>{t(`number.verification.${state}`)}</Badge>;
}
