/** Public parameters, read from the command line. @module */
import { ProtocolError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { readAnyJson } from "./home.ts";

/** JSON, or `@FILE` with JSON in it. @throws ProtocolError USAGE, FILE_UNREADABLE, CONFIG_INVALID */
export function readParameters(text: string): Json {
  if (text.startsWith("@")) return readAnyJson(text.slice(1)) as Json;
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const what = `--params takes JSON, such as '{"k":5}', or @FILE`;
    throw new ProtocolError("USAGE", { what }, { cause });
  }
}
