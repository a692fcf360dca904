/**
 * A real Chromium out of npm. Of the package's own flags only those that software rendering needs are used: others switch off the
 * web's security, which is what is tested here.
 */
import sparticuz from "@sparticuz/chromium";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];
/** Milliseconds that anything on a page may take on a busy machine. */
export const PATIENCE = 120_000;

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await sparticuz.executablePath(), args: flags });
}

/** All that a page said and asked the network for. */
export interface Overheard {
  readonly console: string[];
  /** Errors nobody caught, and violations of the content security policy. */
  readonly faults: string[];
  readonly requests: { readonly url: string; readonly body: Buffer | null }[];
}

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly heard: Overheard;
}

/** A person's browser: nothing of it is shared with other contexts. */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ acceptDownloads: true });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const heard: Overheard = { console: [], faults: [], requests: [] };
  page.on("console", (message) => {
    heard.console.push(message.text());
    if (message.text().includes("Content Security Policy")) heard.faults.push(message.text());
  });
  page.on("pageerror", (error) => void heard.faults.push(String(error)));
  page.on("request", (request) =>
    heard.requests.push({ url: request.url(), body: request.postDataBuffer() }),
  );
  await page.goto(url);
  return { context, page, heard };
}

/** A file that is dropped onto the page's drop zone with this label, as a person would. */
export async function drop(
  page: Page,
  label: string,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<void> {
  const transfer = await page.evaluateHandle((all) => {
    const data = new DataTransfer();
    for (const { name, text } of all) data.items.add(new File([text], name));
    return data;
  }, files);
  await page
    .locator(".drop", { has: page.getByText(label, { exact: true }) })
    .dispatchEvent("drop", { dataTransfer: transfer });
}
