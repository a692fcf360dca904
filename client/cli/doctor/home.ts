/** This machine and its home. @module */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Cli } from "../cli.ts";
import { accountNames, memberOf, openKey } from "../keystore.ts";
import { roles } from "../../sdk/key-file.ts";
import { readMeasurements } from "../measurements.ts";
import { passwordFor } from "../password.ts";
import { check, fault, ok, skipped, type Check } from "./check.ts";

const WANTED_NODE = 26;
/** Bits that let anybody but the owner in. */
const OTHERS = 0o077;

/** @param version of the running Node */
export async function homeChecks(cli: Cli, version = process.versions.node): Promise<Check[]> {
  return [
    nodeVersion(version),
    permissions(cli),
    await check(
      "keystore",
      () => keystore(cli),
      `cloister party keygen --account ${cli.globals.account}`,
    ),
    await password(cli),
    await check(
      "trusted list",
      () => `${readMeasurements(cli.home).length} measurement(s)`,
      `correct ${cli.home.measurements}, or move it away and run: cloister trust add MEASUREMENT`,
    ),
  ];
}

function nodeVersion(version: string): Check {
  if (Number.parseInt(version, 10) >= WANTED_NODE) return ok("node", version);
  return fault(
    "node",
    `Node ${version}, ${WANTED_NODE} is needed`,
    "npm run setup, then start `cloister` of this project",
  );
}

function permissions({ home: { home, keystore: folder } }: Cli): Check {
  if (!existsSync(home))
    return fault("home", `${home} is not there`, "cloister party keygen, or another --home");
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const open = [...(existsSync(folder) ? [folder] : []), ...files].filter(
    (path) => (statSync(path).mode & OTHERS) !== 0,
  );
  if (process.platform === "win32" || open.length === 0) return ok("home", home);
  return fault("home", `others may read ${open.join(", ")}`, `chmod -R go-rwx ${folder}`);
}

function keystore({ home, globals }: Cli): string {
  const { account } = memberOf(home, globals.account);
  const all = accountNames(home).length;
  return `"${globals.account}" is ${account}${all > 1 ? `, one of ${all} accounts` : ""}`;
}

async function password(cli: Cli): Promise<Check> {
  const { account, passwordFile } = cli.globals;
  if (!accountNames(cli.home).includes(account)) return skipped("password", "no keystore");
  if (passwordFile === undefined) return skipped("password", "not tried: no --password-file");
  return check("password", async () => {
    const given = await passwordFor(cli, `account "${account}"`);
    await Promise.all(roles.map((role) => openKey(cli.home, account, role, given)));
    return "opens all three keys";
  });
}
