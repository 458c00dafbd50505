-- Whether a refusal (the columns of session_chats) still stands for a post: until it may be asked again, and, where only one
-- post was refused, for that one. The one definition, for planning and for claims.
CREATE OR REPLACE FUNCTION herald_refuses(
  refused_at timestamptz, ask_again_at timestamptz, refused_post text, post_type "PostType", content text, moment timestamptz
) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT refused_at IS NOT NULL AND coalesce(ask_again_at > moment, true)
    AND (refused_post IS NULL OR refused_post = herald_post_digest(post_type, content))
$$;
