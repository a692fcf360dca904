/** The printed audit: nothing in it runs, nothing is fetched, and no name becomes markup. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeText, html } from "../../../client/report/html.ts";
import { mapOf } from "../../../client/report/map.ts";
import { renderAuditPage as render } from "../../../client/report/page.ts";
import { audit, type AuditReport, type OpenedOutput } from "../../../protocol/audit.ts";
import { utf8, ZERO_HASH, type Address, type Hex } from "../../../protocol/bytes.ts";
import { canonicalJson, type Json } from "../../../protocol/json.ts";
import { defaultPolicy } from "../../../protocol/policy.ts";
import type { Receipt } from "../../../protocol/receipt.ts";

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
const account = (digit: string) => `0x${digit.repeat(40)}` as Address;
const key = `0x02${"3".repeat(64)}` as Hex;
const signature: Hex = `0x${"4".repeat(130)}`;
const worker = { signer: account("5"), sealingKey: key, measurement: hash("6") };

/** Papers in the right form that prove nothing: the page must show any. */
const receipt: Receipt = {
  version: 1,
  collaboration: {
    deployment: { chainId: 31_337, contracts: account("1") },
    terms: {
      name: "where to build towers",
      program: hash("2"),
      members: [
        { account: account("a"), consentKey: account("b"), sealingKey: key, abilities: 15 },
        { account: account("c"), consentKey: account("d"), sealingKey: key, abilities: 15 },
      ],
      committee: { version: 1, threshold: 1, workers: [worker] },
      policy: canonicalJson({ ...defaultPolicy, requests: [{ function: "cluster" }] }),
      minProtection: 1,
      vetoBlocks: 1,
      joinBy: 1,
      salt: ZERO_HASH,
    },
    joins: [],
    committee: { version: 1, threshold: 1, workers: [worker] },
    committeeSignatures: [],
    moduleHash: hash("7"),
    manifest: "{}",
  },
  question: {
    task: {
      terms: hash("8"),
      requester: 0,
      functionName: "cluster",
      paramsHash: hash("9"),
      privateParams: ZERO_HASH,
      inputsRoot: hash("a"),
      recipients: 3,
      changesState: false,
      epsilon: 0,
      releaseId: hash("b"),
      fee: "5",
      sealBy: 1,
      resultWindow: 1,
      salt: ZERO_HASH,
    },
    inputs: [
      { member: 0, table: 0, dataset: hash("c") },
      { member: 1, table: 0, dataset: hash("d") },
    ],
    params: "{}",
    consents: [{ by: 0, signature }],
    stateContributors: 0,
  },
  sealing: {
    seal: {
      taskId: hash("e"),
      terms: hash("8"),
      committeeVersion: 1,
      committee: hash("f"),
      version: 0,
      stateRoot: ZERO_HASH,
      blockNumber: 12,
      time: 1_700_000_000,
      protection: 1,
    },
    readies: [{ by: 0, signature }],
  },
  evidence: [
    { by: 0, registry: account("2"), operator: account("3"), epoch: 0, kind: 1, evidence: "0x00" },
  ],
  results: [],
  state: "sealed",
};

const report = (changes: Partial<AuditReport> = {}): AuditReport => ({
  task: hash("e"),
  ok: true,
  state: "finalized",
  protection: "simulated",
  reason: "",
  checks: [{ name: "terms", ok: true, compared: { members: 2 } }],
  ...changes,
});
/** The page on one line: where it breaks its lines means nothing. */
const renderAuditPage = (...args: Parameters<typeof render>): string =>
  render(...args)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?(<\/?(?:td|tr|strong|p|div)\b[^>]*>) ?/g, "$1");
const named = (name: string): Receipt => {
  const copy = structuredClone(receipt);
  copy.collaboration.terms.name = name;
  return copy;
};
const openedOf = (value: Json): OpenedOutput => ({
  salt: new Uint8Array(32),
  output: utf8(canonicalJson(value)),
});
const centres = [
  { latitude: 40.9, longitude: -75.4, size: 1404 },
  { latitude: 34, longitude: -118.2, size: 19 },
];

describe("renderAuditPage", () => {
  it("is one file that runs nothing and fetches nothing", () => {
    const page = renderAuditPage(report(), receipt, openedOf({ centres }));
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`,
    );
    expect(page).not.toMatch(/<(script|img|link|iframe|object|embed|form|base)\b/i);
    expect(page).not.toMatch(/\s(href|src|srcset|on[a-z]+)=/i);
    expect(page).not.toMatch(/url\(|@import/);
    expect(page).not.toContain("undefined");
  });

  it("says what the mode and the protection do not give", () => {
    const page = renderAuditPage(report(), receipt);
    expect(page).toContain("Mode exact: not differentially private");
    expect(page).toContain("SIMULATED: the operator can read every input");
  });

  it("says hardware only when the evidence was found good", () => {
    const claimed = report({ protection: "hardware" });
    expect(renderAuditPage(claimed, receipt)).toContain("UNPROVEN");
    const evidence = { name: "evidence", ok: true, compared: {} };
    expect(renderAuditPage({ ...claimed, checks: [evidence] }, receipt)).toContain("Hardware:");
  });

  it("tells a failed check from a task without a result", () => {
    expect(renderAuditPage(report(), receipt)).toContain("<strong>Verified</strong>");
    const fault = { what: "terms", expected: hash("1"), actual: hash("2") };
    const check = { name: "terms", ok: false, compared: fault, code: "HASH_MISMATCH" };
    const failed = renderAuditPage(report({ ok: false, checks: [check] }), receipt);
    expect(failed).toContain("<strong>Not verified</strong>1 of 1 checks failed: terms.");
    expect(failed).toContain(`HASH_MISMATCH: The terms hashes to ${hash("2")}`);
    const open = renderAuditPage(report({ ok: false, state: "proposed" }), receipt);
    expect(open).toContain("<strong>No result</strong>");
  });

  it("shows the audit of any papers, however wrong", () => {
    const page = renderAuditPage(audit(receipt), receipt);
    expect(page).toContain("<strong>Not verified</strong>");
    expect(page).toContain("does not verify");
    expect(page).toContain("CHAIN_NOT_READ");
  });

  it("says whose consent is missing", () => {
    const page = renderAuditPage(report(), receipt);
    expect(page).toContain("<td>signed this task</td>");
    expect(page).toContain("<td>missing</td>");
  });

  it("warns of an output that was not compared with the commitment", () => {
    const warning = "was not shown to be";
    const opened = openedOf({ centres });
    expect(renderAuditPage(report(), receipt, opened)).toContain(warning);
    const checks = [{ name: "output", ok: true, compared: {} }];
    expect(renderAuditPage(report({ checks }), receipt, opened)).not.toContain(warning);
  });

  it("draws centres, lists classes, prints anything else", () => {
    const drawn = renderAuditPage(report(), receipt, openedOf({ centres }));
    expect(drawn.match(/<circle /g)).toHaveLength(2);
    expect(drawn).toContain("<td>-118.200</td>");
    const classes = [{ label: "<b>young</b>", rows: 12 }];
    const listed = renderAuditPage(report(), receipt, openedOf({ classes }));
    expect(listed).toContain("<td>&lt;b&gt;young&lt;/b&gt;</td><td>12</td>");
    expect(renderAuditPage(report(), receipt, openedOf({ sum: 4 }))).toContain("&quot;sum&quot;:4");
    const bytes = { salt: new Uint8Array(32), output: Uint8Array.of(255, 254) };
    expect(renderAuditPage(report(), receipt, bytes)).toContain("2 bytes that are no JSON");
  });

  it("draws no centre that is none", () => {
    const strange = [
      { latitude: "<svg onload=x>", longitude: 0, size: 1 },
      { latitude: 91, longitude: 0 },
    ];
    const page = renderAuditPage(report(), receipt, openedOf({ centres: strange }));
    expect(page).not.toContain("<circle");
    expect(page).not.toContain("<svg onload");
  });

  it("keeps markup in names, parameters and labels as text", () => {
    const attacks = [
      "</title><script>alert(1)</script>",
      `"><img src=x onerror=alert(1)>`,
      "--><svg/onload=alert(1)>",
      "</style><style>*{display:none}</style>",
    ];
    for (const attack of attacks) {
      const copy = named(attack);
      copy.question.params = attack;
      copy.question.task.functionName = attack;
      copy.collaboration.manifest = attack;
      copy.collaboration.terms.policy = attack;
      const checks = [{ name: attack, ok: false, compared: { [attack]: attack }, code: attack }];
      const lying = report({ ok: false, reason: attack, checks });
      const page = renderAuditPage(
        lying,
        copy,
        openedOf({ classes: [{ label: attack, rows: 1 }] }),
      );
      expect(page).not.toContain(attack);
      expect(page.match(/<\/?(script|img|style|title|svg)\b/g)).toEqual([
        "<title",
        "</title",
        "<style",
        "</style",
      ]);
    }
  });

  it("lets no name open or close an element", () => {
    const tags = (page: string) => page.match(/<[^>]*>/g);
    const expected = tags(renderAuditPage(report(), named("name")));
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 64 }), (name) => {
        expect(tags(renderAuditPage(report(), named(name)))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe("escapeText", () => {
  it("shows characters that would turn a name around as what they are not", () => {
    expect(escapeText("a\u202Eb\u0000c\u2066d")).toBe("a\uFFFDb\uFFFDc\uFFFDd");
    expect(html`<i>${["<", html`<b>${"&"}</b>`, 1]}</i>`.markup).toBe("<i>&lt;<b>&amp;</b>1</i>");
  });
});

describe("mapOf", () => {
  const numbers = (svg: string, name: string) =>
    [...svg.matchAll(new RegExp(`<circle[^>]* ${name}="([^"]+)"`, "g"))].map(([, value]) =>
      Number(value),
    );

  it("keeps every centre inside, wherever on earth", () => {
    const centre = fc.record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
      size: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(centre, { minLength: 1, maxLength: 50 }), (list) => {
        const { markup } = mapOf(list);
        const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(markup)!.map(Number);
        expect(markup).not.toMatch(/NaN|Infinity/);
        for (const x of numbers(markup, "cx")) expect(x >= 0 && x <= width!).toBe(true);
        for (const y of numbers(markup, "cy")) expect(y >= 0 && y <= height!).toBe(true);
      }),
    );
  });

  it("keeps neighbours across the date line together", () => {
    const { markup } = mapOf([
      { latitude: -17, longitude: 179, size: 1 },
      { latitude: -18, longitude: -179, size: 1 },
    ]);
    expect(markup).toMatch(/180\.0° E/);
    expect(markup.match(/<line /g)!.length).toBeLessThan(20);
  });
});
