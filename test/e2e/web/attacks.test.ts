/**
 * What a hostile world does to the web app in a real browser, and what must not come of it. Also: axe-core on every page, and every
 * bad table as a person meets it. The collaboration is made with the SDK; chain and workers are real.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newPartyKeys, type Client, type PartyKeys } from "../../../client/sdk/index.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { sampleTelcos } from "../../../scripts/sample-data.ts";
import { buildWeb, serveWeb, type WebServer } from "../../../scripts/web.ts";
import { badTables, canary } from "../../client/support/tables.ts";
import { agree, publishProgram, runTask, testNet, TOKEN, type TestNet } from "../collaboration.ts";
import { drop, openBrowser, visit, type Visit } from "./browser.ts";
import { acceptWorkers, importKeys, keyFiles, openAt, PASSWORD } from "./person.ts";

const MARKUP = `<img src=x onerror="window.hacked=1">`;
const folder = mkdtempSync(join(tmpdir(), "cloister-web-attacks-"));
let net: TestNet;
let web: WebServer;
let browser: Browser;
let keys: PartyKeys[];
let clients: Client[];
let terms: Hex;
let task: Hex;

beforeAll(async () => {
  await buildWeb(join(folder, "dist"));
  net = await testNet();
  keys = [newPartyKeys(), newPartyKeys(), newPartyKeys()];
  clients = keys.map((own, at) => net.client(at, { keys: own }));
  for (const [at, client] of clients.entries()) {
    await net.mint(net.accounts[at]!.address, 1000n * TOKEN);
    await client.vault.deposit(500n * TOKEN);
    await client.party.register(at === 1 ? `${MARKUP}\u202eevil` : `telco ${at}`);
  }
  const program = await publishProgram(net, clients[0]!);
  terms = await agree(clients, program, { name: `${MARKUP} towers` });
  for (const [at, { locationsCsv, trainingCsv }] of sampleTelcos().entries()) {
    const evil = trainingCsv.replaceAll("streaming", MARKUP.replaceAll('"', ""));
    await clients[at]!.dataset.contribute({ terms, table: "locations", rows: locationsCsv });
    await clients[at]!.dataset.contribute({ terms, table: "training", rows: evil });
  }
  const draft = { terms, function: "classify", params: { method: "knn" }, recipients: [0, 1, 2] };
  task = (await runTask(clients, 0, draft)).taskId;
  web = await serveWeb(net, { files: join(folder, "dist") });
  browser = await openBrowser();
}, 900_000);

afterAll(async () => {
  await browser?.close();
  await web?.close();
  await net?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function chooseAccount(page: Page, account: number): Promise<void> {
  await openAt(page, `${web.url}#/you`);
  await page.getByLabel("Development account", { exact: true }).selectOption(String(account));
  await page.getByRole("button", { name: "Use this account" }).click();
}

/** A member of the collaboration, at its page. */
async function member(at: number): Promise<Visit> {
  const visited = await visit(browser, web.url);
  await chooseAccount(visited.page, at + 1);
  await importKeys(visited.page, await keyFiles(keys[at]!));
  await visited.page.getByText("Unlocked until you reload").waitFor();
  return visited;
}

const expectUnharmed = async ({ page, heard }: Visit): Promise<void> => {
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
  expect(await page.locator("img[src=x], script:not([src])").count()).toBe(0);
  expect(heard.faults).toEqual([]);
};

describe("axe-core", { timeout: 600_000 }, () => {
  it.each(["light", "dark"] as const)("finds nothing on any page (%s)", async (colorScheme) => {
    const visited = await member(0);
    const { page } = visited;
    await page.emulateMedia({ colorScheme });
    const [worker] = net.workers;
    const pages = {
      "#/": "Your collaborations",
      "#/you": "Money for fees",
      "#/new": "What may be asked",
      "#/audits": "verified",
      "#/workers": "Registered workers, by the chain",
      [`#/worker/${worker!.worker}`]: "What it does",
      [`#/contract/${terms}`]: "Who is in",
      [`#/contract/${terms}/contribute`]: "Drop a CSV file here",
      [`#/contract/${terms}/ask`]: "Who gets the answer",
      [`#/task/${task}`]: "What is asked",
      [`#/task/${task}/result`]: "Confusion matrix",
      [`#/task/${task}/audit`]: "What was checked",
      "#/nowhere": "This address names nothing",
    };
    const found: string[] = [];
    for (const [hash, text] of Object.entries(pages)) {
      await openAt(page, `${web.url}${hash}`);
      await page.getByText(text).first().waitFor();
      await page.evaluate(axe.source);
      const violations = await page.evaluate(async () => {
        const { axe: checker } = window as unknown as { axe: { run: () => Promise<AxeResults> } };
        return (await checker.run()).violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
        );
      });
      found.push(...violations.map((violation) => `${hash} ${violation}`));
    }
    expect(found).toEqual([]);
    await expectUnharmed(visited);
    await visited.context.close();
  });
});

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

describe("every bad table", { timeout: 600_000 }, () => {
  it("leaves its code and a readable message, and sends nothing", async () => {
    const visited = await member(0);
    const { page, heard } = visited;
    await openAt(page, `${web.url}#/contract/${terms}/contribute`);
    await page.getByLabel("Table").selectOption("training");
    await acceptWorkers(page);
    const before = heard.requests.length;
    // Half a character is no file: an encoder has made a whole one of it.
    const files = badTables.filter(({ rows }) => typeof rows !== "string" || rows.isWellFormed());
    expect(files.length).toBeGreaterThan(25);
    for (const { what, rows, code } of files) {
      const buffer = Buffer.from(typeof rows === "string" ? new TextEncoder().encode(rows) : rows);
      await page.setInputFiles("input[type=file]", {
        name: `${MARKUP}.csv`,
        mimeType: "text/csv",
        buffer,
      });
      const problem = page.getByRole("alert").filter({ hasText: code }).first();
      await problem.waitFor({ timeout: 60_000 }).catch((error: unknown) => {
        throw new Error(`${what}: no ${code}`, { cause: error });
      });
      expect((await problem.innerText()).length).toBeGreaterThan(code.length + 10);
      const main = await page.locator("main").innerText();
      expect(main.includes(canary)).toBe(false);
      const send = page.getByRole("button", { name: "Seal and send" });
      expect((await send.count()) === 0 || (await send.isDisabled())).toBe(true);
    }
    const sent = heard.requests.slice(before).filter(({ body }) => body?.includes(canary));
    expect(sent).toEqual([]);
    expect(heard.requests.filter(({ url }) => url.includes("/v1/datasets"))).toEqual([]);
    await expectUnharmed(visited);
    await visited.context.close();
  });
});

describe("attacks", { timeout: 300_000 }, () => {
  it("markup and hidden characters in names and labels are shown as text", async () => {
    const visited = await member(0);
    const { page } = visited;
    await page.getByRole("link", { name: "Cloister", exact: true }).click();
    await page.getByText(`${MARKUP} towers`).first().waitFor();
    await openAt(page, `${web.url}#/contract/${terms}`);
    await page.getByText(`${MARKUP}\u25a1evil`).first().waitFor();
    await openAt(page, `${web.url}#/task/${task}/result`);
    await page.getByText("<img src=x onerror=window.hacked=1>").first().waitFor();
    await expectUnharmed(visited);
    await visited.context.close();
  });

  it("markup in a worker's refusal is shown as text", async () => {
    const visited = await member(1);
    const { page } = visited;
    await page.route("**/v1/results/**", (route) =>
      route.fulfill({
        status: 422,
        headers: { "access-control-allow-origin": "*" },
        json: { code: "CANNOT_OPEN", message: MARKUP, facts: { what: MARKUP } },
      }),
    );
    await openAt(page, `${web.url}#/task/${task}/result`);
    await page.getByText(MARKUP).first().waitFor();
    await expectUnharmed(visited);
    await visited.context.close();
  });

  it("a node that lies about a worker's evidence is found out, and nothing is sealed to it", async () => {
    const [worker] = net.workers;
    const attestation = (await (await fetch(`${worker!.endpoint}/v1/attestation`)).json()) as {
      evidence: string;
    };
    const genuine = attestation.evidence.slice(2);
    const middle = Math.floor(genuine.length / 2);
    const flipped = genuine[middle] === "0" ? "1" : "0";
    const forged = genuine.slice(0, middle) + flipped + genuine.slice(middle + 1);
    const visited = await member(0);
    const { page } = visited;
    await page.route(`${net.chain.url}/**`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll(genuine, forged) });
    });
    await openAt(page, `${web.url}#/contract/${terms}`);
    await page
      .getByLabel(/^I trust the code/)
      .first()
      .check();
    await page.getByLabel(/^I accept that the operators/).check();
    const evidence = page.getByRole("region", { name: "Evidence" });
    await evidence
      .getByText(/EVIDENCE_INVALID|HASH_MISMATCH/)
      .first()
      .waitFor();
    await openAt(page, `${web.url}#/contract/${terms}/contribute`);
    await drop(page, "Drop a CSV file here, or choose one", [
      { name: "a.csv", text: "latitude,longitude\n1,2\n3,4\n" },
    ]);
    await page.getByRole("button", { name: "Seal and send" }).click();
    const problem = page.getByRole("region", { name: "The file" }).getByRole("alert");
    await problem.filter({ hasText: /EVIDENCE_INVALID|HASH_MISMATCH/ }).waitFor();
    expect(visited.heard.requests.some(({ url }) => url.includes("/v1/datasets"))).toBe(false);
    await visited.context.close();
  });

  it("a deployment that suddenly points elsewhere stops everything until it is accepted", async () => {
    const visited = await member(0);
    const { page } = visited;
    const elsewhere = `0x${"66".repeat(20)}`;
    await page.route("**/deployment.json", (route) =>
      route.fulfill({
        json: { chainId: net.deployment.chainId, secretContracts: elsewhere, rpc: net.chain.url },
      }),
    );
    await page.reload();
    await page.getByRole("heading", { name: "Other contracts than last time" }).waitFor();
    expect(await page.getByText(elsewhere).count()).toBe(1);
    expect(await page.getByRole("link").count()).toBe(0);
    await visited.context.close();
  });

  it("a node of another chain is named, and nothing is read from it", async () => {
    const visited = await visit(browser, web.url);
    const { page } = visited;
    await page.route("**/deployment.json", (route) =>
      route.fulfill({
        json: { chainId: 1, secretContracts: net.deployment.contracts, rpc: net.chain.url },
      }),
    );
    await page.reload();
    await page.getByText("WRONG_CHAIN").first().waitFor();
    expect(await page.getByText("genuine").count()).toBe(0);
    await openAt(page, `${web.url}#/you`);
    expect(await page.getByLabel("Development account", { exact: true }).count()).toBe(0);
    await visited.context.close();
  });

  it("a wallet serves; switched to another chain under the page it is asked for nothing", async () => {
    const account = net.accounts[5]!.address;
    const context = await browser.newContext();
    // A wallet that lets the local node sign, as a browser's extension would, under a name that is markup.
    await context.addInitScript(
      ({ rpc, from, name }) => {
        const calls: string[] = [];
        const state = { chain: "0x7a69", calls };
        Object.assign(window, { walletState: state });
        const request = async ({ method, params }: { method: string; params?: unknown }) => {
          calls.push(method);
          if (method === "eth_requestAccounts" || method === "eth_accounts") return [from];
          if (method === "eth_chainId") return state.chain;
          const answer = await fetch(rpc, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: params ?? [] }),
          });
          const { result, error } = (await answer.json()) as { result: unknown; error?: object };
          if (error) throw Object.assign(new Error("refused"), error);
          return result;
        };
        const detail = { info: { uuid: "test", name, icon: "", rdns: "" }, provider: { request } };
        addEventListener("eip6963:requestProvider", () =>
          dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail })),
        );
      },
      { rpc: net.chain.url, from: account, name: MARKUP },
    );
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    await page.goto(`${web.url}#/you`);
    await page.getByText("SIMULATED:").first().waitFor();
    await page.getByRole("button", { name: `Use ${MARKUP}` }).click();
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByLabel("The same again").fill(PASSWORD);
    await page.getByRole("button", { name: "Make my keys" }).click();
    await page.getByText("Unlocked until you reload").waitFor();
    await page.getByLabel("Name, for people").fill("by wallet");
    await page.getByRole("button", { name: "Use this name" }).click();
    await page.getByText("Others see you as “by wallet”").waitFor();

    const sendsBefore = await page.evaluate(() => {
      const { walletState } = window as unknown as {
        walletState: { chain: string; calls: string[] };
      };
      walletState.chain = "0x1";
      return walletState.calls.filter((method) => method.includes("send")).length;
    });
    expect(sendsBefore).toBeGreaterThan(0);
    await page.getByLabel("Name, for people").fill("on another chain");
    await page.getByRole("button", { name: "Use this name" }).click();
    await page.getByText("WRONG_CHAIN").first().waitFor();
    const sendsAfter = await page.evaluate(() => {
      const { walletState } = window as unknown as { walletState: { calls: string[] } };
      return walletState.calls.filter((method) => method.includes("send")).length;
    });
    expect(sendsAfter).toBe(sendsBefore);
    expect(await page.evaluate(() => "hacked" in window)).toBe(false);
    await context.close();
  });

  it("stands in no frame", async () => {
    const answer = await fetch(web.url);
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    const page = await browser.newPage();
    await page.setContent(`<iframe src="${web.url}" title="trap"></iframe>`);
    await page.waitForTimeout(1000);
    const inside = page.frames().at(-1);
    expect(await inside?.locator("#app").count()).toBe(0);
    await page.close();
  });

  it("sends nothing to anybody else, even if a part of it tried", async () => {
    const visited = await visit(browser, web.url);
    await visited.page.getByText("Registered workers, by the chain").waitFor();
    const outcome = await visited.page.evaluate(async () => {
      try {
        await fetch("http://127.0.0.1:9/steal");
        return "sent";
      } catch {
        return "refused";
      }
    });
    expect(outcome).toBe("refused");
    expect(visited.heard.console.some((text) => text.includes("Content Security Policy"))).toBe(
      true,
    );
    await visited.context.close();
  });

  it("poisoned key files are refused, and nothing of them is kept", async () => {
    const [consent, sealing] = (await keyFiles(keys[0]!)) as [KeyText, KeyText];
    const other = (await keyFiles(keys[1]!)) as [KeyText, KeyText];
    const costly = JSON.parse(consent.text) as { Crypto: { kdfparams: { n: number } } };
    costly.Crypto.kdfparams.n = 2 ** 30;
    const swapped = JSON.parse(consent.text) as { cloister: { public: string } };
    swapped.cloister.public = (
      JSON.parse(other[0].text) as { cloister: { public: string } }
    ).cloister.public;
    const poisons: readonly [readonly KeyText[], string][] = [
      [[{ name: `${MARKUP}.json`, text: "{" }, sealing], "CONFIG_INVALID"],
      [[{ ...consent, text: "x".repeat(50_000) }, sealing], "CONFIG_INVALID"],
      [[{ ...consent, text: JSON.stringify(costly) }, sealing], "CONFIG_INVALID"],
      [[{ ...consent, text: JSON.stringify(swapped) }, sealing], "HASH_MISMATCH"],
      [[consent], "KEY_MISSING"],
      [[{ ...consent, text: `{"__proto__":{"cloister":{}}}` }, sealing], "CONFIG_INVALID"],
    ];
    const visited = await visit(browser, web.url);
    const { page } = visited;
    await chooseAccount(page, 1);
    await page.getByText("Bring keys from another browser").click();
    for (const [files, code] of poisons) {
      await drop(page, "Key files", files);
      await page.getByLabel("Their password").fill(PASSWORD);
      await page.getByRole("button", { name: "Import" }).click();
      await page.getByRole("alert").filter({ hasText: code }).waitFor();
    }
    await page.getByLabel("Their password").fill("wrong password");
    await drop(page, "Key files", [consent, sealing]);
    await page.getByRole("button", { name: "Import" }).click();
    await page.getByRole("alert").filter({ hasText: "KEYSTORE_PASSWORD" }).waitFor();
    await expectUnharmed(visited);
    await page.reload();
    await chooseAccount(page, 1);
    await page.getByRole("button", { name: "Make my keys" }).waitFor();
    await visited.context.close();
  });
});

interface KeyText {
  readonly name: string;
  readonly text: string;
}
