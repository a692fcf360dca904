/** What a party cannot make again, in one file: its keys (encrypted as they are), whom it trusts, headers of its datasets. @module */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Type } from "typebox";
import type { Cli } from "./cli.ts";
import { readJson, readText, writeNew } from "./home.ts";
import { openKey } from "./keystore.ts";
import { roles } from "../sdk/key-file.ts";
import { passwordFor } from "./password.ts";

const Backup = Type.Object(
  {
    cloister: Type.Literal("backup/1"),
    /** Text by path inside the home: only what a backup may contain. */
    files: Type.Record(
      Type.String({ pattern: "^(keystore|datasets)/[A-Za-z0-9_.-]{1,128}$|^measurements\\.json$" }),
      Type.String(),
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

/**
 * Writes a backup, after showing that the password opens the keys that go into it.
 * @returns names of the files in it
 * @throws ProtocolError KEYSTORE_PASSWORD, KEY_MISSING, FILE_EXISTS
 */
export async function backUp(cli: Cli, out: string): Promise<string[]> {
  const { account } = cli.globals;
  const password = await passwordFor(cli, `account "${account}"`);
  await Promise.all(roles.map((role) => openKey(cli.home, account, role, password)));
  const names = [
    ...roles.map((role) => `keystore/${account}.${role}.json`),
    ...(existsSync(cli.home.measurements) ? ["measurements.json"] : []),
    ...(existsSync(cli.home.datasets) ? readdirSync(cli.home.datasets) : []).map(
      (name) => `datasets/${name}`,
    ),
  ];
  const files = Object.fromEntries(
    names.map((name) => [name, readText(join(cli.globals.home, name))]),
  );
  writeNew(out, `${JSON.stringify({ cloister: "backup/1", files }, undefined, 2)}\n`);
  return names;
}

/** Puts a backup's files into the home; one that is there already stops it. @throws ProtocolError CONFIG_INVALID, FILE_EXISTS */
export function restore(cli: Cli, file: string): string[] {
  const { files } = readJson(file, Backup);
  for (const [name, text] of Object.entries(files)) writeNew(join(cli.globals.home, name), text);
  return Object.keys(files);
}
