/** Bad tables and parameters against a real chain: refused with the code and facts promised, and nothing is sent. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkTable } from "../../../client/sdk/index.ts";
import { refusalOf } from "../../../client/sdk/reader/faults.ts";
import { utf8, type Hex } from "../../../protocol/bytes.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Manifest } from "../../../protocol/program.ts";
import { manifest as fake, startFakeWorld, type FakeWorld } from "../support/fake-world.ts";
import { badTables, canary, training } from "../support/tables.ts";

const k = { type: "integer", minimum: 1, maximum: 50 } as const;
const manifest: Manifest = {
  ...fake,
  name: "bad-input",
  tables: [training],
  functions: {
    cluster: {
      params: { type: "object", properties: { k }, required: ["k"], additionalProperties: false },
      reads: ["training"],
      changesState: false,
      release: { kind: "clusters", table: "training" },
    },
  },
};

describe("bad input", () => {
  let world: FakeWorld;
  let terms: Hex;
  beforeAll(async () => {
    world = await startFakeWorld();
    const { client } = world.parties[0]!;
    const files = {
      module: utf8("export default {};\n"),
      manifest: utf8(canonicalJson(JSON.parse(JSON.stringify(manifest)))),
    };
    const program = await client.program.publish(files);
    await client.program.upload(
      program,
      world.workers.map((worker) => worker.endpoint),
    );
    terms = await world.activeContract({ program });
  });
  afterAll(() => world.close());

  /** What has reached workers and chain. */
  async function sent() {
    const { account, client } = world.parties[0]!;
    return {
      uploads: world.workers.map((w) => w.log.filter((line) => line.startsWith("PUT")).length),
      transactions: await world.provider.getTransactionCount(account.address),
      datasets: (await client.dataset.list(terms)).length,
    };
  }

  it.each(badTables)("refuses $what with $code", async ({ rows, code, facts }) => {
    const before = await sent();
    const { client } = world.parties[0]!;
    const refused = await client.dataset.contribute({ terms, table: "training", rows }).then(
      () => expect.fail("not refused"),
      (error: unknown) => error as ProtocolError,
    );
    expect(refused).toBeInstanceOf(ProtocolError);
    expect(refused.code).toBe(code);
    expect(refused.facts).toMatchObject(facts);
    expect(`${refused.message}${JSON.stringify(refused.facts)}`).not.toContain(canary);
    expect(await sent()).toEqual(before);
  });

  it.each(badTables)("says of $what what a contribution would", async ({ rows, code, facts }) => {
    let found: unknown;
    try {
      found = refusalOf(await checkTable(training, rows));
    } catch (error) {
      found = error;
    }
    expect(found).toMatchObject({ code, facts });
  });

  it("leaves bad rows out when told to, and names them", async () => {
    const { client } = world.parties[0]!;
    const rows = "lat,lon,class\n1,2,a\noops,2,b\n3,4,c\n5,6,\n";
    const { report, ...contributed } = await client.dataset.contribute({
      terms,
      table: "training",
      rows,
      skipInvalid: true,
    });
    expect(contributed.rows).toBe(2);
    expect(report).toMatchObject({
      rows: 2,
      skipped: 2,
      columns: { latitude: "lat", longitude: "lon", label: "class" },
      faults: [
        { row: 3, column: "latitude", code: "VALUE_NOT_NUMBER" },
        { row: 5, column: "label", code: "LABEL_INVALID" },
      ],
    });
  });

  it.each([
    [{ k: 0 }, "/k"],
    [{ k: 1.5 }, "/k"],
    [{ k: 51 }, "/k"],
    [{ k: "5" }, "/k"],
    [{ k: 5, seed: 1 }, "/seed"],
    [{}, "/"],
    [[5], "/"],
  ])("refuses parameters %j", async (params, at) => {
    const before = await sent();
    const { client } = world.parties[0]!;
    await expect(client.task.propose({ terms, function: "cluster", params })).rejects.toMatchObject(
      {
        code: "PARAMETER_INVALID",
        facts: { function: "cluster", at },
      },
    );
    expect(await sent()).toEqual(before);
  });

  it("refuses an unknown function", async () => {
    const { client } = world.parties[0]!;
    await expect(
      client.task.propose({ terms, function: "divine", params: {} }),
    ).rejects.toMatchObject({ code: "FUNCTION_UNKNOWN", facts: { known: ["cluster"] } });
  });
});
