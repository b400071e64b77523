import type { ComponentChildren } from 'preact';
import type { Schema } from '../../api/client';
import { ConnectionName } from '../../app/ConnectionName';
import type { Connection } from '../../app/connections';
import { grouped, useNumberType } from '../../app/numbers';
import { useActivity } from '../../words/activity';
import { useCommon } from '../../words/common';
import { useFormat } from '../../words/format';
import { FIELDS, isOneOf } from './codes';

export type Entry = Schema<'AuditEntry'>;

const CONSENTS = ['sms_terms', 'patient_consent'] as const;
const VERIFICATIONS = ['not_needed', 'not_submitted', 'submitted', 'verified'] as const;

interface AboutProps {
  readonly entry: Entry;
  /** Undefined while they are loaded. */
  readonly connections: readonly Connection[] | undefined;
}

/** What an entry is about: a connection, a phone number, a consent. */
export function About({ entry, connections }: AboutProps): ComponentChildren {
  const w = useActivity();
  const { action, subject } = entry;
  if (action.startsWith('consent.')) return isOneOf(CONSENTS, subject) ? w(`consent.${subject}`) : subject;
  // The operation that gets a number has a name only for machines.
  if (action.startsWith('number.')) return subject.startsWith('+') ? grouped(subject) : null;
  if (!subject) return null;
  if (!connections) return <span class="activity-code">{subject}</span>;
  return <ConnectionName id={subject} connection={connections.find(({ id }) => id === subject)} />;
}

/** What came with it, in words: the fields changed, never their values. */
export function Details({ entry: { action, changed } }: { entry: Entry }) {
  const t = useCommon();
  const w = useActivity();
  const format = useFormat();
  const typeOf = useNumberType();
  if (!changed) return null;
  if (action.startsWith('certificate.'))
    return (
      <span class="activity-details activity-code" title={w('thumbprint')}>
        {changed}
      </span>
    );
  if (action === 'number.failed') return <span class="activity-details activity-code">{changed}</span>;
  return <span class="activity-details">{said(action, changed)}</span>;

  function said(action: string, changed: string): string {
    if (action === 'number.requested') {
      const [country = '', type = ''] = changed.split(' ');
      return `${format.country(country)}, ${typeOf(type)}`;
    }
    if (action === 'number.verification')
      return isOneOf(VERIFICATIONS, changed) ? t(`number.verification.${changed}`) : changed;
    return format.list(changed.split(',').map((field) => (isOneOf(FIELDS, field) ? w(`field.${field}`) : field)));
  }
}
