// Pages that are watched: whatever the console, the policy or a script complains about fails the test that had them open.
import { type Browser, type BrowserContext, test as base, devices, expect, type Page } from "@playwright/test";
import { ORIGIN, PASSWORD, scene, type Who } from "./scene";

interface Watched {
  /** What the browser may say in this test, because the test brings it about: a refused request, say. */
  allowed: RegExp | null;
  /** Whether every page opens in a browser of its own, where nobody was before. */
  fresh: boolean;
  /** Whether that browser is a phone's. */
  phone: boolean;
  /** Opens a page in somebody's browser, signed in; in nobody's where `who` is null. */
  enter: (who: Who | null, address?: string) => Promise<Page>;
}

const browsers = new Map<Who | null, Promise<BrowserContext>>();

export const test = base.extend<Watched>({
  allowed: [null, { option: true }],
  fresh: [false, { option: true }],
  phone: [false, { option: true }],
  enter: async ({ browser, allowed, fresh, phone }, use) => {
    const opened: { page: Page; complaints: string[] }[] = [];
    await use(async (who, address = "/") => {
      const context = await (fresh || phone ? signedIn(browser, who, phone) : browserOf(browser, who));
      const page = await context.newPage();
      opened.push({ page, complaints: await watch(page) });
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      return page;
    });
    for (const { page } of opened) await (fresh || phone ? page.context() : page).close();
    const unasked = opened.flatMap((each) => each.complaints).filter((complaint) => !allowed?.test(complaint));
    expect(unasked, "what the browser complained about").toEqual([]);
  },
});

/** Everybody has one browser while a worker runs, and signs in there once, by the form. */
export function browserOf(browser: Browser, who: Who | null): Promise<BrowserContext> {
  const found = browsers.get(who) ?? signedIn(browser, who);
  browsers.set(who, found);
  return found;
}

async function signedIn(browser: Browser, who: Who | null, phone = false): Promise<BrowserContext> {
  const { defaultBrowserType: _, ...ofPhone } = devices["Pixel 7"] ?? {};
  const own = { baseURL: ORIGIN, locale: "en-GB", timezoneId: "Europe/Brussels" };
  const context = await browser.newContext(phone ? { ...ofPhone, ...own } : own);
  if (!who) return context;
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(scene.people[who].email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  await page.close();
  return context;
}

/** Listens to the console, to broken scripts and to the policy; the list grows. */
export async function watch(page: Page): Promise<string[]> {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  await page.exposeFunction("qfactsPolicyRefused", (what: string) => complaints.push(`policy: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
      const tell = Reflect.get(window, "qfactsPolicyRefused") as (what: string) => void;
      tell(`${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
  });
  return complaints;
}

export { expect };
