-- A group's reference without the number behind it: what leads to the chat.
CREATE OR REPLACE FUNCTION herald_base_reference(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(reference, '/\d+$', '')
$$;
