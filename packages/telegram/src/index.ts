// The GramJS package: the only place of Herald that runs its client. Everything else knows the ports of @herald/core.
export { type DcAddress, parseDc } from "./dc.ts";
export { createGateway, type GatewayOptions } from "./gateway.ts";
