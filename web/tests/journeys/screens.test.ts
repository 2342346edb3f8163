// Every page of the table of routes, in each look: no fault of accessibility, nothing wider than the screen, no complaint; a picture of each.
import { join } from "node:path";
import type { APIRequestContext, Browser, Page } from "@playwright/test";
import axe from "axe-core";
import { addresses, isSeenAlready, looker, routes } from "./routes";
import { Caller, mailedLink, type Who } from "./scene";
import { browserOf, expect, test, watch } from "./watched";

interface Look {
  name: string;
  width: number;
  media: Parameters<Page["emulateMedia"]>[0];
  is: readonly ("drawn" | "judged")[];
}
const LIGHT = { colorScheme: "light", forcedColors: "none" } as const;
const LOOKS: readonly Look[] = [
  { name: "light", width: 1280, media: LIGHT, is: ["drawn", "judged"] },
  { name: "dark", width: 1280, media: { ...LIGHT, colorScheme: "dark" }, is: ["drawn", "judged"] },
  { name: "forced-colours", width: 1280, media: { ...LIGHT, forcedColors: "active" }, is: ["judged"] },
  { name: "360", width: 360, media: LIGHT, is: ["drawn", "judged"] },
  { name: "320", width: 320, media: LIGHT, is: [] },
];
/** For the pages of one kind of record that are written once for all kinds. */
const BRIEFLY = LOOKS.filter(({ name }) => name === "light" || name === "320");
const NOWHERE = "/there/is/nothing/here";
const QUIET = 150; // milliseconds without a request, after which nothing more comes

interface Looked {
  page: Page;
  complaints: string[];
  /** How many requests are on their way, and when the last one ended. */
  asked: { now: number; last: number };
}

test.describe.configure({ mode: "parallel" });

// Everybody looks at all of their pages in one tab: what is loaded once needn't be loaded for each.
const tabs = new Map<Who | null, Promise<Looked>>();

for (const route of routes()) {
  test(`${route} in each look`, async ({ browser, request }, info) => {
    const who = looker(route);
    const found = tabs.get(who) ?? tab(browser, who);
    tabs.set(who, found);
    const { page, complaints, asked } = await found;
    complaints.length = 0;
    const shown = route === "/accept-invitation" ? [await invitation(request)] : addresses(route);
    for (const address of shown) {
      await goTo(page, address, who);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect.poll(() => asked.now === 0 && Date.now() - asked.last > QUIET, { intervals: [50] }).toBe(true);
      await expect(page.getByText("Opening the file")).toHaveCount(0);
      for (const { name, width, media, is } of isSeenAlready(route) ? BRIEFLY : LOOKS) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia(media);
        expect.soft(await tooWide(page), `${address}, ${name}: wider than the screen`).toEqual([]);
        const path = join(info.project.outputDir, "pictures", `${named(address)}.${name}.png`);
        if (is.includes("drawn")) await page.screenshot({ path });
        if (is.includes("judged")) expect.soft(await faults(page), `${address}, ${name}: accessibility`).toEqual([]);
      }
    }
    expect(complaints, "what the browser complained about").toEqual([]);
  });
}

async function tab(browser: Browser, who: Who | null): Promise<Looked> {
  const page = await (await browserOf(browser, who)).newPage();
  const complaints = await watch(page);
  const asked = { now: 0, last: 0 };
  const ended = () => {
    asked.now -= 1;
    asked.last = Date.now();
  };
  page.on("request", () => {
    asked.now += 1;
  });
  page.on("requestfinished", ended);
  page.on("requestfailed", ended);
  if (who) await page.goto("/");
  return { page, complaints, asked };
}

/** As a link of the application goes, without loading anew what is there; by way of nowhere, so that the page is another one. */
async function goTo(page: Page, address: string, who: Who | null): Promise<void> {
  if (!who || who === "stranger") {
    await page.goto(address); // who is in no organisation gets no further than this
    return;
  }
  const nowhere = page.getByRole("heading", { name: "There is nothing at this address", level: 1 });
  await page.evaluate((to) => history.pushState({}, "", to), NOWHERE);
  await expect(nowhere).toBeVisible();
  if (address === NOWHERE) return;
  await page.evaluate((to) => history.pushState({}, "", to), address);
  await expect(nowhere).toBeHidden();
}

/** The page of an invitation that is open. */
async function invitation(request: APIRequestContext): Promise<string> {
  const email = `looks-${Date.now()}@test.qfacts.example`;
  await (await Caller.as(request, "admin")).take("invite_member", { email, role: "operator" });
  return mailedLink(request, email, "/accept-invitation");
}

function named(address: string): string {
  const said = address
    .replace(/^https?:..[^/]+|token=.*/g, "")
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
    const scrolls = (each: Element) => getComputedStyle(each).overflowX !== "visible";
    const isFree = (each: Element | null): boolean =>
      !each || each === document.body || (!scrolls(each) && isFree(each.parentElement));
    const out = all.filter(
      (each) => each.getBoundingClientRect().right > clientWidth + 1 && isFree(each.parentElement),
    );
    return [
      `${scrollWidth} of ${clientWidth} px`,
      ...out.map((each) => `${each.tagName} ${each.className}`).slice(0, 3),
    ];
  });
}

async function faults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join("; ")})`,
  );
}
