-- Since when Telegram refuses the post itself: the bot stands still until it is changed.
ALTER TABLE bots ADD COLUMN content_refused_at TIMESTAMPTZ(3);
-- Why a cycle posted nothing, in words for its user.
ALTER TABLE cycles ADD COLUMN note TEXT;
