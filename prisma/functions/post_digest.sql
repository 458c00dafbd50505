-- A post in few bytes: what a refusal of this post, and of no other, is kept by.
CREATE OR REPLACE FUNCTION herald_post_digest(post_type "PostType", content text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT md5(post_type::text || ':' || content)
$$;
