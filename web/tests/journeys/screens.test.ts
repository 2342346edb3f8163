// Every page of the table of routes, in each look: no fault of accessibility, nothing wider than the screen, no complaint; a picture of each.
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { APIRequestContext, Page } from "@playwright/test";
import { ADMIN, Caller, mailedLink, OWNER, signIn } from "./people";
import { addresses, routes } from "./routes";
import { expect, test } from "./watched";

type Look = [name: string, width: number, media: Parameters<Page["emulateMedia"]>[0]];
const LOOKS: Look[] = [
  ["light", 1280, { colorScheme: "light", forcedColors: "none" }],
  ["dark", 1280, { colorScheme: "dark", forcedColors: "none" }],
  ["360", 360, { colorScheme: "light", forcedColors: "none" }],
  ["320", 320, { colorScheme: "light", forcedColors: "none" }],
  ["forced-colours", 1280, { colorScheme: "light", forcedColors: "active" }],
];
const OUTSIDE = ["/sign-in", "/forgotten", "/accept-invitation"];

test.beforeAll(async ({ request }) => {
  const owner = await Caller.as(request, OWNER);
  const { change } = await owner.take("create_document", {
    title: "Weighing",
    type: "sop",
    content: { summary: "How" },
  });
  await owner.take("submit_change", { change_id: change.id }, change.etag);
});

for (const route of routes()) {
  test(`${route} in each look`, async ({ page, request }, info) => {
    if (!OUTSIDE.includes(route)) await signIn(page, OWNER);
    const shown = route === "/accept-invitation" ? [await invitation(request)] : undefined;
    for (const address of shown ?? (await addresses(route, await Caller.as(request, OWNER)))) {
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.waitForLoadState("networkidle");
      for (const [name, width, media] of LOOKS) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia(media);
        await page.screenshot({ path: join(info.project.outputDir, "pictures", `${named(address)}.${name}.png`) });
        expect.soft(await tooWide(page), `${address}, ${name}: wider than the screen`).toEqual([]);
        expect.soft(await faults(page), `${address}, ${name}: accessibility`).toEqual([]);
      }
    }
  });
}

/** The page of an invitation that is open. */
async function invitation(request: APIRequestContext): Promise<string> {
  const email = `looks-${Date.now()}@test.qfacts.example`;
  await (await Caller.as(request, ADMIN)).take("invite_member", { email, role: "operator" });
  return mailedLink(request, email, "/accept-invitation");
}

function named(address: string): string {
  const said = address
    .replace(/^https?:..[^/]+|[?].*/g, "")
    .replace(/[0-9a-f-]{36}/, "one")
    .replace(/\W+/g, "-");
  return said.replace(/^-|-$/g, "") || "home";
}

/** What sticks out at the right, where the page scrolls sideways. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const all = [...document.querySelectorAll("body *")];
    const out = all.filter((each) => each.getBoundingClientRect().right > clientWidth + 1);
    return [
      `${scrollWidth} of ${clientWidth} px`,
      ...out.map((each) => `${each.tagName} ${each.className}`).slice(0, 3),
    ];
  });
}

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join("; ")})`,
  );
}
