import type { Context, PublicMethods } from "../rpc/context.ts";
import type { TlObject } from "../tl/codec.ts";

/** A day; clients ask again after it. Seconds. */
const CONFIG_VALID_SECONDS = 86_400;

function getConfig(context: Context): TlObject {
  const now = context.world.nowSeconds();
  return {
    _: "config",
    date: now,
    expires: now + CONFIG_VALID_SECONDS,
    test_mode: false,
    this_dc: context.key.dc,
    dc_options: dcOptions(context),
    chat_size_max: 200,
    megagroup_size_max: 200_000,
    forwarded_count_max: 100,
    online_update_period_ms: 210_000,
    offline_blur_timeout_ms: 5000,
    offline_idle_timeout_ms: 30_000,
    online_cloud_timeout_ms: 300_000,
    message_length_max: 4096,
    caption_length_max: 1024,
    me_url_prefix: "https://t.me/",
  };
}

function dcOptions(context: Context): TlObject[] {
  return context.dcs.map((dc) => ({ _: "dcOption", id: dc.id, ip_address: dc.host, port: dc.port, static: true }));
}

function getNearestDc(context: Context): TlObject {
  return { _: "nearestDc", country: "XX", this_dc: context.key.dc, nearest_dc: context.key.dc };
}

function getAppConfig(context: Context): TlObject {
  const config = { _: "jsonObject", value: [] };
  return context.codec.has("help.appConfig") ? { _: "help.appConfig", hash: 1, config } : config;
}

export const helpMethods = {
  "help.getConfig": getConfig,
  "help.getNearestDc": getNearestDc,
  "help.getAppConfig": getAppConfig,
} satisfies PublicMethods;
