/** The tests' settings from outside. */
export const env = {
  /** TL schema file of Telethon's layer, which no npm package carries. */
  schema: process.env.TELEGRAM_EMULATOR_SCHEMA,
};
