/** What people do in the web app, in their words: each function is clicks, typing and dropped files, and nothing else. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import type { PartyKeys } from "../../../client/sdk/index.ts";
import { lockKey, N_FILE } from "../../../client/sdk/key-file.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { drop, visit, type Visit } from "./browser.ts";

export const PASSWORD = "a password of a telco";

/** Opens the app, takes a development account, makes keys, takes a name, fills the vault. */
export async function becomeParty(
  browser: Browser,
  url: string,
  account: number,
  name: string,
): Promise<Visit> {
  const visited = await visit(browser, url);
  const { page } = visited;
  await page.getByRole("link", { name: "You", exact: true }).click();
  await page.getByLabel("Development account", { exact: true }).selectOption(String(account));
  await page.getByRole("button", { name: "Use this account" }).click();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Make my keys" }).click();
  await page.getByText("Unlocked until you reload").waitFor();
  await page.getByLabel("Name, for people").fill(name);
  await page.getByRole("button", { name: "Use this name" }).click();
  await page.getByText("Others see you as").waitFor();
  await page.getByLabel(/^Amount in/).fill("100");
  await page.getByRole("button", { name: "Put into the vault" }).click();
  await page.getByText("100.0 CTT").waitFor();
  return visited;
}

/** The line others need of this party. */
export const cardOf = async (page: Page): Promise<string> =>
  (await page.getByTestId("card").textContent()) ?? "";

export interface NewCollaboration {
  readonly name: string;
  readonly cards: readonly string[];
  readonly functions: readonly string[];
  readonly policy?: Readonly<Record<string, string>>;
}

/** Writes terms and announces them. @returns address of the invitation */
export async function announce(page: Page, wanted: NewCollaboration): Promise<string> {
  await page.getByRole("link", { name: "New", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill(wanted.name);
  await page.getByLabel("Members", { exact: true }).fill(wanted.cards.join("\n"));
  for (const name of wanted.functions) await page.getByLabel(name, { exact: true }).check();
  for (const [label, value] of Object.entries(wanted.policy ?? {}))
    await page.getByLabel(label).fill(value);
  await page.getByLabel("Simulated workers are enough").check();
  await page.getByRole("heading", { name: "What members will read" }).waitFor();
  await page.getByRole("button", { name: "Announce it on chain" }).click();
  await page.getByRole("heading", { name: wanted.name }).waitFor();
  return page.url();
}

/** Reads the terms, trusts the code, accepts simulation, joins. */
export async function join(page: Page, invitation: string): Promise<void> {
  await openAt(page, invitation);
  await acceptWorkers(page);
  await page.getByRole("button", { name: "Join: sign these terms" }).click();
  await page.getByRole("region", { name: "Join" }).waitFor({ state: "detached" });
}

/** Says which code is trusted, and that simulation is accepted, where that is asked. */
export async function acceptWorkers(page: Page): Promise<void> {
  await page.getByLabel(/^I trust the code/).check();
  await page.getByLabel(/^I accept that the operators/).check();
  const evidence = page.getByRole("region", { name: "Evidence" });
  await evidence.getByText("genuine, and SIMULATED").first().waitFor();
}

/** Drops a CSV for a table and sends it. */
export async function contribute(
  page: Page,
  invitation: string,
  table: string,
  csv: string,
): Promise<void> {
  await openAt(page, `${invitation}/contribute`);
  await page.getByLabel("Table").selectOption(table);
  await drop(page, "Drop a CSV file here, or choose one", [{ name: `${table}.csv`, text: csv }]);
  await page.getByRole("button", { name: "Seal and send" }).click();
  await page.getByText("Arrived.").waitFor();
}

/** Proposes a task. @returns its id */
export async function ask(
  page: Page,
  invitation: string,
  question: string,
  parameters: Readonly<Record<string, string>>,
  fee = "30",
): Promise<Hex> {
  await openAt(page, `${invitation}/ask`);
  await page.getByLabel("Question").selectOption({ label: question });
  for (const [label, value] of Object.entries(parameters)) {
    const field = page.getByLabel(label, { exact: true });
    if ((await field.evaluate((element) => element.tagName)) === "SELECT")
      await field.selectOption(value);
    else await field.fill(value);
  }
  await page.getByLabel(/^Fee for the workers/).fill(fee);
  await page.getByRole("button", { name: "Propose it" }).click();
  await page.getByRole("list", { name: "Course of the task" }).waitFor();
  return page.url().split("/").at(-1) as Hex;
}

/** Finds the task among what waits, reads it, signs it. */
export async function consent(page: Page, url: string, task: Hex): Promise<void> {
  await openAt(page, `${url}#/task/${task}`);
  await page.getByRole("button", { name: "Consent: sign this task" }).click();
  await page
    .getByRole("listitem")
    .filter({ hasText: "Consents" })
    .getByText(/^\d\/\d/)
    .waitFor();
}

/** Another page of the app, without loading it anew: that would lock the keys. */
export async function openAt(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, new URL(address).hash);
}

/** What a button saves, as text. */
export async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return readFileSync(await download.path(), "utf8");
}

/** The two key files of a party. */
export async function keyFiles(own: PartyKeys): Promise<{ name: string; text: string }[]> {
  return [
    { name: "x.consent.json", text: await lockKey("consent", own.consentKey, PASSWORD, N_FILE) },
    { name: "x.sealing.json", text: await lockKey("sealing", own.sealingKey, PASSWORD, N_FILE) },
  ];
}

/** Brings locked keys into a browser that has none. */
export async function importKeys(
  page: Page,
  files: readonly { readonly name: string; readonly text: string }[],
  password = PASSWORD,
): Promise<void> {
  await page.getByText("Bring keys from another browser").click();
  await drop(page, "Key files", files);
  await page.getByLabel("Their password").fill(password);
  await page.getByRole("button", { name: "Import" }).click();
}
