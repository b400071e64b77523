// What the trail says by code. tests/portal/test_codes.py holds both lists to the Python sources that write it.
export const ACTIONS = [
  'connection.added',
  'connection.changed',
  'connection.approved',
  'connection.rejected',
  'connection.removed',
  'sms.changed',
  'certificate.added',
  'certificate.removed',
  'consent.given',
  'consent.withdrawn',
  'number.requested',
  'number.bought',
  'number.failed',
  'number.verification',
  'clinician.linked',
  'clinician.unlinked',
  'failure.replayed',
  'failure.status_replayed',
  'failure.dismissed',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Fields of a connection and of its SMS rules. */
export const FIELDS = [
  'fhir_base',
  'environment',
  'zone',
  'client_ids',
  'assertion',
  'organizers',
  'room',
  'writeback',
  'approver',
  'state',
  'copy_of',
  'enabled',
  'sender',
  'organisation',
  'confirmations',
  'reminders',
  'language',
  'region',
  'landlines',
  'quiet_hours',
  'templates',
  'gateway',
] as const;
export type Field = (typeof FIELDS)[number];

export const isOneOf = <T extends string>(list: readonly T[], text: string): text is T =>
  (list as readonly string[]).includes(text);
