/** Programs in the home, once fetched: whoever has seen one consents and vetoes also when no worker answers. @module */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ProgramBundle } from "../../protocol/api.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { hasCode } from "../../protocol/errors.ts";
import type { ProgramShelf } from "../sdk/context.ts";
import { bundleOf, filesOf, hashFiles, type ProgramFiles } from "../sdk/program.ts";
import { readJson, replace, type HomePaths } from "./home.ts";

/** A file for each program, in a home that is there: who only looks, as auditors do, needs none and gets none. */
export function programShelf({ home, programs }: HomePaths): ProgramShelf {
  const seen = new Map<Hex, ProgramFiles>();
  const fileOf = (program: Hex) => join(programs, `${program}.json`);
  return {
    get: (program) => seen.get(program) ?? heldIn(fileOf(program), program),
    set: (program, files) => {
      seen.set(program, files);
      if (!existsSync(home)) return;
      try {
        replace(fileOf(program), `${JSON.stringify(bundleOf(files))}\n`);
      } catch (error) {
        // A home that cannot be written: the next verb asks a worker again.
        if (!hasCode(error, "FILE_UNREADABLE")) throw error;
      }
    },
  };
}

/** What a file holds when that has the program's hash; one that is damaged is as good as none. */
function heldIn(file: string, program: Hex): ProgramFiles | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const files = filesOf(readJson(file, ProgramBundle));
    return hashFiles(files) === program ? files : undefined;
  } catch (error) {
    if (hasCode(error, "CONFIG_INVALID") || hasCode(error, "FILE_UNREADABLE")) return undefined;
    throw error;
  }
}
