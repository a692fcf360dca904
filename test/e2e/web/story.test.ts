/**
 * Three telcos and an auditor go from empty to an audited map in a real browser, each in a context of its own, by clicking, typing
 * and dropping files. Chain, workers, signatures and cryptography are real.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { getBytes, Wallet } from "ethers";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "../../../client/kit/build.ts";
import { createClient } from "../../../client/sdk/index.ts";
import { lockKey, N_FILE } from "../../../client/sdk/key-file.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { Secret } from "../../../protocol/secret.ts";
import { buildContracts } from "../../../scripts/chain.ts";
import { startNet, type Net } from "../../../scripts/net.ts";
import { sampleTelcos } from "../../../scripts/sample-data.ts";
import { buildWeb, serveWeb, type WebServer } from "../../../scripts/web.ts";
import { cloister } from "../../client/cli/support.ts";
import { drop, openBrowser, visit, type Visit } from "./browser.ts";
import {
  acceptWorkers,
  announce,
  ask,
  becomeParty,
  cardOf,
  consent,
  contribute,
  join,
  openAt,
  PASSWORD,
  saved,
} from "./person.ts";

const MONEY = 10_000n * 10n ** 18n;
const telcos = sampleTelcos();
const folder = mkdtempSync(path(tmpdir(), "cloister-web-"));
let net: Net;
let web: WebServer;
let browser: Browser;
const people: Visit[] = [];
let invitation: string;
let task: Hex;

beforeAll(async () => {
  await buildContracts();
  const files = path(folder, "dist");
  await buildWeb(files);
  net = await startNet({ workers: 3, home: path(folder, "net") });
  for (const { address } of net.accounts.slice(0, 3)) await net.mint(address, MONEY);
  const author = createClient({
    provider: net.provider,
    deployment: net.deployment,
    signer: new Wallet(net.accounts[9]!.privateKey, net.provider),
  });
  const root = path(import.meta.dirname, "../../../programs/location-analytics");
  const program = await author.program.publish(await buildProgram(root));
  await author.program.upload(
    program,
    net.workers.map(({ endpoint }) => endpoint),
  );
  web = await serveWeb(net, { files });
  browser = await openBrowser();
}, 600_000);

afterAll(async () => {
  await browser?.close();
  await web?.close();
  await net?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** What people saw when something failed. */
afterEach(async ({ task: { result } }) => {
  if (result?.state !== "fail") return;
  for (const { page } of people) process.stderr.write(await page.locator("main").innerText());
});

describe("three telcos and an auditor, in browsers", { timeout: 600_000 }, () => {
  it("each takes an account, makes keys, a name, and fills the vault", async () => {
    for (const [at, { name }] of telcos.entries())
      people.push(await becomeParty(browser, web.url, at + 1, name));
    expect(people).toHaveLength(3);
  });

  it("one writes the terms and sends the invitation", async () => {
    const cards = await Promise.all(people.map(({ page }) => cardOf(page)));
    invitation = await announce(people[0]!.page, {
      name: "where to build towers",
      cards,
      functions: ["cluster", "classify", "predict"],
    });
    expect(invitation).toMatch(/#\/contract\/0x[0-9a-f]{64}$/);
  });

  it("each sees it on its home page, reads exactly what is signed, and joins", async () => {
    for (const { page } of people) {
      await page.getByRole("link", { name: "Cloister", exact: true }).click();
      await page.getByRole("link", { name: /Read and join .where to build towers/ }).click();
      await page.getByText("Exactly what is signed").click();
      const signed = JSON.parse((await page.getByTestId("signed").textContent()) ?? "") as object;
      expect(signed).toMatchObject({ name: "where to build towers", vetoBlocks: 1 });
      await join(page, invitation);
    }
    await people[0]!.page.getByText("Active: all have joined.").waitFor();
  });

  it("each drops its files: sealed here, held by all workers", async () => {
    for (const [at, { page }] of people.entries()) {
      await contribute(page, invitation, "locations", telcos[at]!.locationsCsv);
      expect(await page.locator(".done").innerText()).toContain("held by 3 of 3 workers");
      await contribute(page, invitation, "training", telcos[at]!.trainingCsv);
    }
  });

  it("one asks, all consent, the workers agree", async () => {
    task = await ask(people[0]!.page, invitation, "cluster", { k: "8" });
    for (const { page } of people) await consent(page, web.url, task);
    await people[0]!.page.getByRole("link", { name: "Open the result" }).waitFor();
    const steps = people[0]!.page.getByRole("list", { name: "Course of the task" });
    await steps.getByText("3/3", { exact: true }).waitFor();
    await steps.getByText("finalized").waitFor();
    expect(await steps.getByRole("listitem").count()).toBe(6);
  });

  it("each opens the same towers, on a map and in a table, and saves them", async () => {
    const rows: string[] = [];
    for (const { page } of people) {
      await openAt(page, `${web.url}#/task/${task}/result`);
      await page.locator(".map[data-state=drawn]").waitFor();
      rows.push(await page.getByRole("table").innerText());
    }
    expect(rows[1]).toBe(rows[0]);
    expect(rows[2]).toBe(rows[0]);
    const { page } = people[0]!;
    const towers = JSON.parse(await saved(page, "Save GeoJSON")) as { features: unknown[] };
    expect(towers.features).toHaveLength(8);
    expect((await saved(page, "Save CSV")).split("\n")[0]).toBe("tower,latitude,longitude,rows");
    expect(await saved(page, "Save the map as PNG")).toMatch(/^.PNG/);
  });

  it("the command line opens the same output, with the keys that the page exported", async () => {
    const { page } = people[0]!;
    const shown = page.getByRole("button", { name: /^Copy output commitment/ });
    const commitment = await shown.getAttribute("data-value");
    const home = path(folder, "home");
    mkdirSync(path(home, "keystore"), { recursive: true });
    await openAt(page, `${web.url}#/you`);
    const exported = new Map<string, string>();
    page.on("download", (download) => {
      void download.path().then((file) => exported.set(download.suggestedFilename(), file));
    });
    await page.getByRole("button", { name: "Export the locked keys" }).click();
    await expect.poll(() => exported.size, { timeout: 30_000 }).toBe(2);
    for (const [name, file] of exported)
      copyFileSync(file, path(home, "keystore", `main.${name.split(".").slice(1).join(".")}`));
    const account = new Secret(getBytes(net.accounts[0]!.privateKey));
    writeFileSync(
      path(home, "keystore", "main.account.json"),
      await lockKey("account", account, PASSWORD, N_FILE),
    );
    const password = path(folder, "password");
    writeFileSync(password, `${PASSWORD}\n`);
    const flags = ["--home", home, "--password-file", password];
    const { code, stdout, stderr } = await cloister([
      "result",
      "get",
      task,
      "--json",
      "--deployment",
      net.deploymentFile,
      ...flags,
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ commitment });
  });

  it("an auditor without an account verifies all of it, also the output that a telco showed", async () => {
    const { page } = people[0]!;
    await openAt(page, `${web.url}#/task/${task}/result`);
    const opened = await saved(page, "Save it for an auditor, with its salt");
    const auditor = await visit(browser, `${web.url}#/audits`);
    await auditor.page.getByText("verified").first().waitFor();
    await auditor.page.getByRole("link", { name: `${task.slice(0, 10)}…` }).click();
    await auditor.page.getByRole("heading", { name: "Checks" }).waitFor();
    await drop(auditor.page, "The file a recipient saved for you", [
      { name: "opened.json", text: opened },
    ]);
    await auditor.page.getByText("The opened output is the one").waitFor();
    expect(await auditor.page.getByText("failed", { exact: true }).count()).toBe(0);
    const report = JSON.parse(await saved(auditor.page, "Save the report (JSON)")) as object;
    expect(report).toMatchObject({ task, ok: true, state: "finalized", protection: "simulated" });
    const html = await saved(auditor.page, "Save the report to print (HTML)");
    expect(html).toContain("Verified");
    await auditor.page.getByRole("button", { name: "Verify again in my browser" }).click();
    expect(auditor.heard.faults).toEqual([]);
    await auditor.context.close();
  });

  it("classes, and predictions for the asker alone, coloured on its own map", async () => {
    const [asker, other] = people as [Visit, Visit, Visit];
    const classes = await ask(asker.page, invitation, "classify", { method: "naive-bayes" }, "0");
    for (const { page } of people) await consent(page, web.url, classes);
    await asker.page.getByRole("link", { name: "Open the result" }).click();
    await asker.page.getByText("Confusion matrix").first().waitFor();
    await asker.page.getByText("streaming").first().waitFor();

    const points = "latitude,longitude\n40.7,-74.0\n34.0,-118.2\n";
    await openAt(asker.page, `${invitation}/ask`);
    await asker.page.getByLabel("Question").selectOption({ label: "predict" });
    await asker.page.getByLabel("method", { exact: true }).selectOption("knn");
    await drop(asker.page, "Your own points (CSV)", [{ name: "points.csv", text: points }]);
    for (const { name } of telcos.slice(1))
      await asker.page.getByLabel(new RegExp(`: ${name}`)).uncheck();
    await asker.page.getByRole("button", { name: "Propose it" }).click();
    await asker.page.getByRole("list", { name: "Course of the task" }).waitFor();
    const predicted = asker.page.url().split("/").at(-1) as Hex;
    for (const { page } of people) await consent(page, web.url, predicted);
    await asker.page.getByRole("link", { name: "Open the result" }).click();
    await drop(asker.page, "The CSV you asked with, to see it on a map", [
      { name: "points.csv", text: points },
    ]);
    await asker.page.locator(".map[data-state=drawn]").waitFor();
    expect(await asker.page.getByRole("row").count()).toBe(3);

    await openAt(other.page, `${web.url}#/task/${predicted}/result`);
    await other.page.getByText("NOT_A_RECIPIENT").waitFor();
  });

  it("reload locks the keys; the password opens them again", async () => {
    const { page } = people[2]!;
    await page.reload();
    await openAt(page, `${web.url}#/you`);
    await page.getByLabel("Development account", { exact: true }).selectOption("3");
    await page.getByRole("button", { name: "Use this account" }).click();
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByText("KEYSTORE_PASSWORD").waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByText("Unlocked until you reload").waitFor();
    await openAt(page, invitation);
    await acceptWorkers(page);
    expect(await page.getByRole("button", { name: "Join: sign these terms" }).count()).toBe(0);
  });

  it("no page met a fault, and no plaintext, key or password left one or was stored", async () => {
    for (const [at, { page, heard }] of people.entries()) {
      expect(heard.faults).toEqual([]);
      const row = telcos[at]!.locationsCsv.split("\n")[1]!;
      const secrets = [row, PASSWORD];
      const sent = heard.requests.map(({ url, body }) => url + (body?.toString("latin1") ?? ""));
      const stored = await page.evaluate(async () => {
        const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
        for (const { name } of await indexedDB.databases()) {
          const database = await new Promise<IDBDatabase>((done) => {
            const request = indexedDB.open(name!);
            request.onsuccess = () => done(request.result);
          });
          for (const store of database.objectStoreNames)
            texts.push(
              await new Promise<string>((done) => {
                const request = database.transaction(store).objectStore(store).getAll();
                request.onsuccess = () => done(JSON.stringify(request.result));
              }),
            );
        }
        return texts;
      });
      expect(stored.join()).toContain("ciphertext");
      for (const secret of secrets)
        for (const text of [...sent, ...stored, ...heard.console])
          expect(text.includes(secret)).toBe(false);
      const allowed = [web.url, net.chain.url, ...net.workers.map(({ endpoint }) => endpoint)].map(
        (url) => new URL(url).origin,
      );
      const asked = new Set(
        heard.requests
          .map(({ url }) => new URL(url))
          .filter(({ protocol }) => protocol.startsWith("http"))
          .map(({ origin }) => origin),
      );
      expect([...asked].filter((origin) => !allowed.includes(origin))).toEqual([]);
    }
  });
});
