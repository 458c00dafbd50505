import type { Postgres } from "../torture/postgres.ts";

/** What is known of accounts and chats, and would be learnt anew at Telegram's cost if it were forgotten. */
export type Facts = Record<string, { known: number; lost: number }>;

/**
 * How each fact of the former version is looked for: a row each, with whether this version has it. Facts were kept by group
 * row and by reference with its topic, and hang on account and chat now.
 */
const SOUGHT = {
  waits: `
    SELECT EXISTS (SELECT FROM session_chats f WHERE f.session_id = p.session_id AND f.chat_id = g.chat_id
      AND f.wait_until >= p.wait_until) AS kept
    FROM former_pairs p JOIN former_groups g ON g.id = p.group_id WHERE p.wait_until > now()`,
  refusals: `
    SELECT EXISTS (SELECT FROM session_chats f WHERE f.session_id = p.session_id AND f.chat_id = g.chat_id
        AND f.refused_code = coalesce(p.code, ''))
      OR EXISTS (SELECT FROM session_references r WHERE g.chat_id IS NULL AND r.session_id = p.session_id
        AND r.reference = herald_base_reference(g.reference) AND r.refused_code = coalesce(p.code, '')) AS kept
    FROM former_pairs p JOIN former_groups g ON g.id = p.group_id WHERE p.retired`,
  optOuts: `
    SELECT EXISTS (SELECT FROM chats c JOIN opt_outs o ON o.chat_id = c.id AND o.revoked_at IS NULL
      WHERE c.id = (f.row ->> 'id')::bigint AND c.opted_out) AS kept
    FROM former.chats f WHERE (f.row ->> 'opted_out')::boolean`,
  peers: `
    SELECT EXISTS (SELECT FROM chat_references r JOIN session_chats f ON f.chat_id = r.chat_id AND f.topic_id = 0
      WHERE r.reference = herald_base_reference(p.reference) AND f.session_id = p.session_id
        AND f.access_hash IS NOT DISTINCT FROM p.access_hash
        AND r.chat_id = CASE p.type WHEN 'channel' THEN -1000000000000 - p.peer_id ELSE -p.peer_id END) AS kept
    FROM former.session_peers f CROSS JOIN LATERAL jsonb_to_record(f.row)
      AS p(session_id uuid, reference text, type text, peer_id bigint, access_hash bigint)`,
  apiKeys: `
    SELECT EXISTS (SELECT FROM api_keys k WHERE k.hash = f.row ->> 'api_key_hash' AND k.revoked_at IS NULL) AS kept
    FROM former.users f WHERE f.row ->> 'api_key_hash' IS NOT NULL`,
  posts: `
    SELECT EXISTS (SELECT FROM posts p JOIN bots b ON b.id = p.bot_id WHERE b.user_id = (f.row ->> 'user_id')::uuid
      AND p.kind::text = f.row ->> 'post_type' AND p.content = f.row ->> 'post_content') AS kept
    FROM former.bots f WHERE f.row ->> 'post_type' IS NOT NULL`,
};

const FORMER_TABLES = `
  former_pairs AS (SELECT p.* FROM former.group_pairs f CROSS JOIN LATERAL jsonb_to_record(f.row)
    AS p(session_id uuid, group_id uuid, retired boolean, wait_until timestamptz, code text)),
  former_groups AS (SELECT g.* FROM former.groups f CROSS JOIN LATERAL jsonb_to_record(f.row)
    AS g(id uuid, reference text, chat_id bigint))`;

/** How many facts the former version knew, and how many of them this one does not. */
export async function countFacts(postgres: Postgres): Promise<Facts> {
  const facts: Facts = {};
  for (const [fact, sought] of Object.entries(SOUGHT)) {
    const [row] = await postgres.query<Facts[string]>(
      `WITH ${FORMER_TABLES}, sought AS (${sought})
       SELECT count(*)::int AS known, count(*) FILTER (WHERE NOT kept)::int AS lost FROM sought`,
    );
    if (row !== undefined) facts[fact] = row;
  }
  return facts;
}
