// Everything that can go wrong with a call, as one type: what the API refuses (RFC 9457), and what never reached it.
import type { Coded } from '../words/codes';

/** Made here, not by the API: their words are in words/common, all languages. */
export type OwnCode = 'network.unreachable' | 'network.timeout' | 'answer.unexpected';

export class Problem extends Error implements Coded {
  override readonly name = 'Problem';
  /** HTTP's; 0 where there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
  readonly traceId: string;
  /** By name of field: what is wrong with it (422), or what it is now (412). */
  readonly fields: Readonly<Record<string, string>>;

  constructor(said: Partial<Omit<Problem, keyof Error>> & { code: string }) {
    super(said.code);
    this.status = said.status ?? 0;
    this.code = said.code;
    this.detail = said.detail ?? '';
    this.fix = said.fix ?? '';
    this.traceId = said.traceId ?? '';
    this.fields = said.fields ?? {};
  }

  /** Repeating the same may help: nothing arrived, or someone is busy. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What an answer other than 2xx means; `body` is its JSON, if it had any. */
export function problemOf(status: number, body: unknown): Problem {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (!text(said.code)) return new Problem({ status, code: 'answer.unexpected' });
  const fields = typeof said.fields === 'object' && said.fields !== null ? said.fields : {};
  return new Problem({
    status,
    code: text(said.code),
    detail: text(said.detail),
    fix: text(said.fix),
    traceId: text(said.trace_id),
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
  });
}

/** Whatever was thrown, as a Problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError') return new Problem({ code: 'network.timeout' });
  // fetch says TypeError for every failure before an answer: no network, no DNS, CORS, a policy.
  if (thrown instanceof TypeError) return new Problem({ code: 'network.unreachable' });
  console.error(thrown);
  return new Problem({ code: 'answer.unexpected' });
}
