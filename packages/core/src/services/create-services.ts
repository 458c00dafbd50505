import type { HealthDto } from "@herald/contract";
import { accessService } from "./access.ts";
import { apiPairService } from "./api-pairs.ts";
import { botService } from "./bots.ts";
import { chatService } from "./chats.ts";
import type { Dependencies } from "./dependencies.ts";
import { eventService } from "./events.ts";
import { groupService } from "./groups.ts";
import type { Services } from "./services.ts";
import { sessionService } from "./sessions.ts";
import { signInService } from "./sign-in.ts";
import { signInsService } from "./sign-ins.ts";
import { syncService } from "./sync.ts";
import { twoStepService } from "./two-step.ts";
import { userService } from "./users.ts";

/** Puts the services together. `health` is the engine's own to tell: the domain knows nothing of sockets and processes. */
export function createServices(deps: Dependencies, health: () => Promise<HealthDto>): Services {
  const access = accessService(deps);
  return {
    bots: botService(deps),
    groups: groupService(deps),
    sync: syncService(deps),
    sessions: sessionService(deps),
    apiPairs: apiPairService(deps),
    chats: chatService(deps),
    users: userService(deps),
    signIn: signInService(deps),
    twoStep: twoStepService(deps),
    signIns: signInsService(deps),
    access,
    audit: { list: (page) => deps.views.audit(page) },
    overview: () => deps.views.overview(deps.clock.now()),
    health,
    events: eventService(deps, access),
  };
}
