// A page that is watched: whatever the console, the policy or a script complains about fails the test that had it open.
import { test as base, expect, type Page } from "@playwright/test";

interface Watched {
  /** What the browser may say in this test, because the test brings it about: a refused request, say. */
  allowed: RegExp | null;
}

export const test = base.extend<Watched>({
  allowed: [null, { option: true }],
  page: async ({ page, allowed }, use) => {
    const complaints = await watch(page);
    await use(page);
    const unasked = complaints.filter((complaint) => !allowed?.test(complaint));
    expect(unasked, "what the browser complained about").toEqual([]);
  },
});

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
