// A certificate on its way. What must not leave this browser does not.
import { ask, type Schema } from '../../api/client';
import { Problem } from '../../api/problem';
import { api } from '../../session/session';

export type Certificate = Schema<'CertificateShown'>;

const MOST_BYTES = 16_384;
/** PKCS #12: a certificate together with its private key. */
const WITH_KEY = /\.(pfx|p12|key|jks)$/i;

/** Refused here already; their words are in words/setup. */
export const LOCAL = ['local.private_key', 'local.too_large', 'local.empty', 'local.several', 'local.request'] as const;
export type Local = (typeof LOCAL)[number];

/** Sends the file. Throws Problem. A file with a private key is not sent at all. */
export async function upload(id: string, file: File): Promise<Certificate> {
  const refuse = (code: Local) => new Problem({ status: 422, code });
  if (WITH_KEY.test(file.name)) throw refuse('local.private_key');
  if (file.size > MOST_BYTES) throw refuse('local.too_large');
  const bytes = await file.arrayBuffer();
  const text = new TextDecoder('latin1').decode(bytes);
  if (text.includes('PRIVATE KEY')) throw refuse('local.private_key');
  if (!text.trim()) throw refuse('local.empty');
  if (text.includes('BEGIN PKCS7') || text.split('BEGIN CERTIFICATE-').length > 2) throw refuse('local.several');
  if (text.includes('CERTIFICATE REQUEST')) throw refuse('local.request');
  return ask(
    api().POST('/connections/{id}/certificates', {
      params: { path: { id } },
      body: new Blob([bytes]) as never,
      bodySerializer: (body) => body,
      headers: { 'Content-Type': 'application/pkix-cert' },
    }),
  );
}
