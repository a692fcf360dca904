/**
 * `node scripts/pictures.ts`: pictures of the running app for README and guides, at 1280 and 390 pixels, into `docs/pictures/`. The
 * collaboration of `npm run app` is there and one question was asked and answered; the pages are what a visitor sees.
 * @module
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sparticuz from "@sparticuz/chromium";
import { chromium, type Page } from "playwright-core";
import { buildProgram } from "../client/kit/build.ts";
import { lockKey, N_FILE } from "../client/sdk/key-file.ts";
import type { PartyKeys } from "../client/sdk/keys.ts";
import { buildContracts } from "./chain.ts";
import { ask } from "./demo-task.ts";
import { agree, contributeAll } from "./demo-telcos.ts";
import { startNet } from "./net.ts";
import { sampleTelcos } from "./sample-data.ts";
import { say } from "./screen.ts";
import { buildWeb, serveWeb } from "./web.ts";

const root = join(import.meta.dirname, "..");
const FOLDER = join(root, "docs", "pictures");
const PASSWORD = "pictures";
const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } } as const;
/** Without the flags of the package that switch the web's security off: the pictures are of what people get. */
const flags = [
  "--no-sandbox",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];
const PATIENCE_MS = 120_000;

const home = await mkdtemp(join(tmpdir(), "cloister-pictures-"));
await buildContracts();
await buildWeb(join(home, "dist"));
const net = await startNet({ workers: 3, home: join(home, "net") });
const web = await serveWeb(net, { files: join(home, "dist") });
const browser = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: flags,
});
try {
  const telcos = await agree(net, sampleTelcos(), {
    program: await buildProgram(join(root, "programs", "location-analytics")),
    requests: ["cluster", "classify"].map((name) => ({ function: name })),
    trust: { measurements: net.workers.map((worker) => worker.measurement), acceptSimulated: true },
  });
  await contributeAll(telcos);
  const towers = await ask(telcos, 0, { function: "cluster", params: { k: 8 } });
  const classes = await ask(telcos, 0, { function: "classify", params: { method: "knn", k: 5 } });
  const [first] = telcos;
  if (!first) throw new Error("the demo has no telco");
  await mkdir(FOLDER, { recursive: true });
  for (const [name, viewport] of Object.entries(sizes)) {
    const page = await browser.newPage({ viewport });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${web.url}#/you`);
    await signIn(page, first.keys);
    const shots = [
      ["home", "#/", page.getByRole("list", { name: "To do" })],
      ["collaboration", `#/contract/${first.terms}`, page.getByText("Who is in")],
      ["task", `#/task/${towers.id}`, page.getByText("What is asked")],
      ["towers", `#/task/${towers.id}/result`, page.locator(".map[data-state=drawn]")],
      ["classes", `#/task/${classes.id}/result`, page.getByText("Confusion matrix").first()],
      ["audit", `#/task/${towers.id}/audit`, page.getByText("What was checked")],
    ] as const;
    for (const [title, hash, seen] of shots) {
      await page.goto(`${web.url}${hash}`);
      await seen.waitFor();
      await page.screenshot({ path: join(FOLDER, `${title}-${name}.png`) });
      say(`docs/pictures/${title}-${name}.png`);
    }
    await page.close();
  }
} finally {
  await browser.close();
  await web.close();
  await net.close();
  await rm(home, { recursive: true, force: true });
}

/** The first telco's account and keys, as its owner would bring them. */
async function signIn(page: Page, keys: PartyKeys): Promise<void> {
  await page.getByRole("button", { name: "Use this account" }).click();
  await page.getByText("Bring keys from another browser").click();
  const files = [
    ["demo.consent.json", await lockKey("consent", keys.consentKey, PASSWORD, N_FILE)],
    ["demo.sealing.json", await lockKey("sealing", keys.sealingKey, PASSWORD, N_FILE)],
  ] as const;
  await page.getByLabel("Key files").setInputFiles(
    files.map(([name, text]) => ({
      name,
      mimeType: "application/json",
      buffer: Buffer.from(text),
    })),
  );
  await page.getByLabel("Their password").fill(PASSWORD);
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByText("Unlocked until you reload").waitFor();
}
