// Where oidc-provider keeps sessions, codes and grants: in memory, for the life of the process.
// The interface is that of the adapters of oidc-provider.

/** Makes the adapter class over one map. */
export function makeStorage() {
  const rows = new Map(); // key -> { payload, expires }

  const alive = (row) => (row && row.expires > Date.now() ? row.payload : undefined);

  return class Storage {
    constructor(model) {
      this.key = (id) => `${model}:${id}`;
    }

    async upsert(id, payload, seconds) {
      rows.set(this.key(id), { payload, expires: seconds ? Date.now() + seconds * 1000 : Infinity });
      if (rows.size > 10_000) for (const [key, row] of rows) if (!alive(row)) rows.delete(key);
    }

    async find(id) {
      return alive(rows.get(this.key(id)));
    }

    async findByUid(uid) {
      for (const [key, row] of rows) {
        if (key.startsWith(this.key('')) && row.payload.uid === uid && alive(row)) return row.payload;
      }
      return undefined;
    }

    async consume(id) {
      rows.get(this.key(id)).payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
      rows.delete(this.key(id));
    }

    async revokeByGrantId(grantId) {
      for (const [key, row] of rows) {
        if (key.startsWith(this.key('')) && row.payload.grantId === grantId) rows.delete(key);
      }
    }
  };
}
