import { parseMarkedId } from "@herald/contract";
import type { LaneTarget, Peer, SessionChatRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { storable } from "../text.ts";

/** The session's way to the chat: a basic group needs no access hash. Null while a channel's is not known. */
function toPeer(chatId: bigint, accessHash: bigint | null): Peer | null {
  const chat = parseMarkedId(chatId.toString());
  if (chat === undefined || (chat.type === "channel" && accessHash === null)) return null;
  return { ...chat, accessHash: accessHash?.toString() ?? null };
}

export const sessionChats = (tx: PrismaTransaction): SessionChatRepository => ({
  async targets(sessionId, groupIds) {
    const rows = await tx.$queryRaw<
      Array<{
        groupId: string;
        reference: string;
        chatId: bigint | null;
        topicId: number | null;
        placed: boolean;
        accessHash: bigint | null;
      }>
    >`
      SELECT g.id AS "groupId", g.reference, now.id AS "chatId", f.access_hash AS "accessHash", g.chat_id IS NOT DISTINCT FROM now.id AS placed,
        CASE WHEN g.chat_id IS NOT NULL OR g.reference = base.reference THEN g.topic_id
             WHEN now.forum THEN split_part(g.reference, '/', 2)::int WHEN NOT now.forum THEN 0 END AS "topicId"
      FROM groups g
      CROSS JOIN LATERAL (SELECT herald_base_reference(g.reference) AS reference) base
      LEFT JOIN chat_references r ON g.chat_id IS NULL AND r.reference = base.reference
      LEFT JOIN chats c ON c.id = coalesce(g.chat_id, r.chat_id)
      LEFT JOIN chats now ON now.id = coalesce(c.migrated_to, c.id)
      LEFT JOIN session_chats f ON f.session_id = ${sessionId}::uuid AND f.chat_id = now.id AND f.topic_id = 0
      WHERE g.id = ANY(${groupIds}::uuid[])`;
    return new Map(
      rows.map(({ accessHash, chatId, ...row }): [string, LaneTarget] => [
        row.groupId,
        {
          ...row,
          chatId: chatId?.toString() ?? null,
          placed: chatId !== null && row.placed,
          peer: chatId === null ? null : toPeer(chatId, accessHash),
        },
      ]),
    );
  },

  async peer(sessionId, reference) {
    const [row] = await tx.$queryRaw<Array<{ chatId: bigint; accessHash: bigint | null }>>`
      SELECT now.id AS "chatId", f.access_hash AS "accessHash"
      FROM chat_references r
      JOIN chats c ON c.id = r.chat_id
      JOIN chats now ON now.id = coalesce(c.migrated_to, c.id)
      LEFT JOIN session_chats f ON f.session_id = ${sessionId}::uuid AND f.chat_id = now.id AND f.topic_id = 0
      WHERE r.reference = ${reference}`;
    return row === undefined ? null : toPeer(row.chatId, row.accessHash);
  },

  async found(sessionId, reference, { chatId, title, forum, membership, migratedFrom, peer }) {
    const id = BigInt(chatId);
    const accessHash = peer.accessHash === null ? null : BigInt(peer.accessHash);
    await tx.$executeRaw`
      INSERT INTO chats (id, title, forum) VALUES (${id}, ${storable(title)}, ${forum})
      ON CONFLICT (id) DO UPDATE SET title = excluded.title, forum = excluded.forum
        WHERE (chats.title, chats.forum) IS DISTINCT FROM (excluded.title, excluded.forum)`;
    if (migratedFrom !== null) await tx.$executeRaw`SELECT herald_chat_migrated(${BigInt(migratedFrom)}, ${id})`;
    await tx.$executeRaw`
      INSERT INTO chat_references (reference, chat_id) VALUES (${reference}, ${id})
      ON CONFLICT (reference) DO UPDATE SET chat_id = excluded.chat_id, resolved_at = now()`;
    await tx.$executeRaw`
      INSERT INTO session_chats (session_id, chat_id, access_hash, membership)
      VALUES (${sessionId}::uuid, ${id}, ${accessHash}, ${membership}::"Membership")
      ON CONFLICT (session_id, chat_id, topic_id) DO UPDATE SET access_hash = excluded.access_hash, membership = excluded.membership`;
    await tx.sessionReference.deleteMany({ where: { sessionId, reference } });
  },

  async forget(sessionId, reference) {
    await tx.$executeRaw`
      UPDATE session_chats f SET access_hash = NULL FROM chat_references r
      WHERE r.reference = ${reference} AND f.session_id = ${sessionId}::uuid AND f.chat_id = r.chat_id AND f.topic_id = 0`;
    await tx.chatReference.deleteMany({ where: { reference } });
  },

  refusals(userId, sessionIds, post, now) {
    return tx.$queryRaw<Array<{ sessionId: string; groupId: string; until: Date | null; lasting: boolean }>>`
      SELECT f.session_id AS "sessionId", g.id AS "groupId",
        CASE WHEN bool_and(f.ask_again_at IS NOT NULL) THEN max(f.ask_again_at) END AS until,
        bool_or(f.ask_again_at IS NULL AND f.refused_post IS NULL) AS lasting
      FROM groups g
      JOIN session_chats f ON f.chat_id = g.chat_id AND f.topic_id IN (0, g.topic_id)
      WHERE g.user_id = ${userId}::uuid AND g.state = 'active' AND f.session_id = ANY(${sessionIds}::uuid[])
        AND herald_refuses(f.refused_at, f.ask_again_at, f.refused_post, ${post.type}::"PostType", ${post.content}, ${now}::timestamptz)
      GROUP BY 1, 2
      UNION ALL
      SELECT r.session_id, g.id, r.ask_again_at, r.ask_again_at IS NULL
      FROM groups g
      JOIN session_references r ON r.reference = herald_base_reference(g.reference)
      WHERE g.user_id = ${userId}::uuid AND g.state = 'active' AND g.chat_id IS NULL
        AND r.session_id = ANY(${sessionIds}::uuid[]) AND coalesce(r.ask_again_at > ${now}::timestamptz, true)`;
  },

  async countRefusing(sessionId, code, since) {
    const [row] = await tx.$queryRaw<[{ count: number }]>`
      SELECT count(DISTINCT chat_id)::int AS count FROM session_chats
      WHERE session_id = ${sessionId}::uuid AND refused_code = ${code} AND refused_at > ${since}::timestamptz`;
    return row.count;
  },

  async reopen(sessionId, code) {
    const nothing = { refusedAt: null, refusedCode: null, refusedReason: null, askAgainAt: null, refusedPost: null };
    await tx.sessionChat.updateMany({ where: { sessionId, refusedCode: code }, data: nothing });
    await tx.sessionReference.deleteMany({ where: { sessionId, refusedCode: code } });
  },
});
