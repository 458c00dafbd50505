import { gramjs } from "./clients/gramjs.ts";
import { conformance } from "./conformance.ts";

conformance(gramjs, 198);
