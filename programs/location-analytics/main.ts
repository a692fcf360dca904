/**
 * Where do the customers of all of us live, and which of them look alike: the program several operators agree on.
 * Each function decides who belongs together; the numbers that leave are the release gate's.
 * @module
 */
import type { Program } from "../../protocol/program.ts";
import { classify } from "./classify.ts";
import { cluster } from "./cluster.ts";
import { predict } from "./predict.ts";

export default { classify, cluster, predict } satisfies Program;
