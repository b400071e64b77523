// Errors as Entra's token endpoint tells them: a standard code, and an AADSTS number that people search for.
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes
import { randomUUID } from 'node:crypto';

import { Refused } from './http.mjs';

/** The JSON of an error. */
export function entraError(error, number, message) {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    error,
    error_description: `AADSTS${number}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
  };
}

/** Throws the error, for a token request that goes no further. */
export function refuse(status, error, number, message) {
  throw new Refused(status, entraError(error, number, message));
}

const NUMBERS = {
  invalid_grant: 70000,
  invalid_request: 900144,
  invalid_scope: 70011,
  invalid_client: 7000215,
  invalid_target: 500011,
  unauthorized_client: 700016,
  unsupported_grant_type: 70003,
};

/** An error of oidc-provider in Entra's shape. `detail` is what it would only have logged, and holds no secret. */
export function translated(body, detail) {
  const name = body.error === 'invalid_target' ? 'invalid_resource' : body.error;
  const message = [body.error_description ?? body.error, detail].filter(Boolean).join(': ');
  return entraError(name, NUMBERS[body.error] ?? 90014, `${message}.`);
}
