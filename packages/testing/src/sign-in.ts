/** Asks the database of a Herald. */
type Query = (text: string, values: unknown[]) => Promise<Array<{ id?: string; isKnown?: boolean }>>;

/** Signs somebody in as their password would, and gives the sign-in's id; null where the database's version knows of none. */
export type SignIn = (userId: string) => Promise<string | null>;

export const signInBy =
  (query: Query): SignIn =>
  async (userId) => {
    const [table] = await query(`SELECT to_regclass('sign_ins') IS NOT NULL AS "isKnown"`, []);
    if (table?.isKnown !== true) return null;
    const made = "INSERT INTO sign_ins (user_id, expires_at) VALUES ($1, now() + interval '7 days') RETURNING id";
    return (await query(made, [userId]))[0]?.id ?? null;
  };
