import { mtcute } from "./clients/mtcute.ts";
import { conformance } from "./conformance.ts";

conformance(mtcute, 225);
