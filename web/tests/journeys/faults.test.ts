// What goes wrong, as a person sees it: nothing that was typed is lost, and nothing is done twice.
import type { Page, Route } from "@playwright/test";
import { asked, Caller, PASSWORD, scene } from "./scene";
import { expect, test } from "./watched";

const CREATE = "**/api/create_document";
const APPROVE = "**/api/approve_request";
const SUMMARY = "Typed with care";

/** Fills the form of a new document; gives the title, by which what was made is found. */
async function typed(page: Page): Promise<string> {
  const title = `Fault ${Date.now()}`;
  await page.getByLabel("Type").selectOption({ label: "SOP" });
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Summary").fill(SUMMARY);
  return title;
}

async function expectStillTyped(page: Page, title: string): Promise<void> {
  await expect(page.getByLabel("Title")).toHaveValue(title);
  await expect(page.getByLabel("Summary")).toHaveValue(SUMMARY);
}

const create = (page: Page) => page.getByRole("button", { name: "Create the draft" }).click();
const made = (page: Page, title: string) => expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();

/** How many documents there are of that title. */
async function count(owner: Caller, title: string): Promise<number> {
  const { items } = await owner.read("list_documents", { limit: "100" });
  return items.filter((each: { title: string }) => each.title === title).length;
}

/** Opens the dialogue in which an approval is signed. */
async function opened(page: Page) {
  await page.getByRole("button", { name: "Approve" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("timer")).toBeVisible(); // the challenge is there
  return dialog;
}

type Dialog = Awaited<ReturnType<typeof opened>>;

async function sign(dialog: Dialog, password: string, meaning = "approved"): Promise<void> {
  await dialog.getByLabel("Your password").fill(password);
  await dialog.getByRole("button", { name: `Sign: ${meaning}` }).click();
}

/** The meanings of what was signed about a change. */
async function signed(owner: Caller, change: string): Promise<string[]> {
  const { signatures } = await owner.read("get_change", { id: change });
  return signatures.map((each: { meaning: string }) => each.meaning);
}

/** Answers requests one after the other in these ways, and lets the rest through. */
async function inTurn(page: Page, address: string, ...ways: ((route: Route) => Promise<unknown>)[]): Promise<string[]> {
  const keys: string[] = [];
  await page.route(address, async (route) => {
    keys.push((await route.request().headerValue("Idempotency-Key")) ?? "");
    await (ways.shift() ?? ((rest: Route) => rest.continue()))(route);
  });
  return keys;
}

const lostOnTheWay = (route: Route) => route.abort("connectionreset");
const lostOnTheWayBack = async (route: Route) => {
  expect((await route.fetch()).status()).toBe(200);
  await route.abort("connectionreset");
};
const busy = (route: Route) =>
  route.fulfill({ status: 503, headers: { "Retry-After": "1" }, json: { status: 503, title: "Busy", detail: "" } });

test.describe("a wrong password in the signing dialogue", () => {
  test.use({ allowed: /status of 400.*accounts:signIn/ });

  test("is said, and the reason stays", async ({ enter, request }) => {
    const { owner, change, request: id } = await asked(request, "qa", `Wrong password ${Date.now()}`);
    const page = await enter("qa", `/approvals/${id}`);
    await page.getByRole("button", { name: "Reject" }).click();
    const dialog = page.getByRole("dialog", { name: "Reject" });
    await dialog.getByLabel("Reason").fill(SUMMARY);
    await sign(dialog, "Another-1234", "rejected");
    await expect(dialog.getByRole("alert")).toContainText("This isn’t your password.");
    await expect(dialog.getByLabel("Your password")).toBeFocused();
    await expect(dialog.getByLabel("Your password")).toHaveValue("");
    await expect(dialog.getByLabel("Reason")).toHaveValue(SUMMARY);
    expect(await signed(owner, change)).toEqual([]);
    await sign(dialog, PASSWORD, "rejected");
    await expect(dialog).toBeHidden();
    expect(await signed(owner, change)).toEqual(["rejected"]);
  });
});

test.describe("a session that is over", () => {
  test.use({ allowed: /status of 401/ });

  test("is taken up again over the page, with all that was typed", async ({ enter, request }) => {
    const page = await enter("owner", "/documents/new");
    const title = await typed(page);
    const over = (route: Route) => route.fulfill({ status: 401, json: { status: 401, title: "", detail: "" } });
    await inTurn(page, CREATE, over, over);
    await create(page);
    const dialog = page.getByRole("dialog", { name: "Sign in again" });
    await dialog.getByLabel("Password").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Go on" }).click();
    await expect(dialog).toBeHidden();
    await expectStillTyped(page, title);
    await create(page);
    await made(page, title);
    expect(await count(await Caller.as(request, "owner"), title)).toBe(1);
  });
});

test.describe("without a connection", () => {
  test.use({ allowed: /ERR_INTERNET_DISCONNECTED/ });

  test("a step is refused at once, and nothing is sent later by itself", async ({ enter, request }) => {
    const page = await enter("owner", "/documents/new");
    const title = await typed(page);
    await page.context().setOffline(true);
    await create(page);
    await expect(page.getByText("You are offline. Nothing was sent and nothing waits to be sent.")).toBeVisible();
    await expectStillTyped(page, title);
    await page.context().setOffline(false);
    await page.waitForTimeout(2_000);
    const owner = await Caller.as(request, "owner");
    expect(await count(owner, title)).toBe(0);
    await create(page);
    await made(page, title);
    expect(await count(owner, title)).toBe(1);
  });

  test("nothing is signed, and nobody signs later by themselves", async ({ enter, request }) => {
    const { owner, change, request: id } = await asked(request, "qa", `Offline ${Date.now()}`);
    const page = await enter("qa", `/approvals/${id}`);
    const dialog = await opened(page);
    await page.context().setOffline(true);
    await sign(dialog, PASSWORD);
    await expect(dialog).toContainText("You are offline. Nothing was sent");
    await page.context().setOffline(false);
    await page.waitForTimeout(2_000);
    expect(await signed(owner, change)).toEqual([]);
    await sign(dialog, PASSWORD);
    await expect(dialog).toBeHidden();
    expect(await signed(owner, change)).toEqual(["approved"]);
  });
});

test.describe("a lost answer", () => {
  test.use({ allowed: /ERR_CONNECTION_RESET|status of 409.*start_signing/ });

  test("before anything was done: it is sent again, and done once", async ({ enter, request }) => {
    const page = await enter("owner", "/documents/new");
    const title = await typed(page);
    const keys = await inTurn(page, CREATE, lostOnTheWay);
    await create(page);
    await made(page, title);
    expect(await count(await Caller.as(request, "owner"), title)).toBe(1);
    expect(new Set(keys).size).toBe(1);
  });

  test("after it was done: it is sent again, and stays done once", async ({ enter, request }) => {
    const page = await enter("owner", "/documents/new");
    const title = await typed(page);
    const keys = await inTurn(page, CREATE, lostOnTheWayBack);
    await create(page);
    await made(page, title);
    expect(await count(await Caller.as(request, "owner"), title)).toBe(1);
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  test("of a signature: it is said, with what the server knows then, and it isn't signed again", async ({
    enter,
    request,
  }) => {
    const { owner, change, request: id } = await asked(request, "qa", `Lost ${Date.now()}`);
    const page = await enter("qa", `/approvals/${id}`);
    const keys = await inTurn(page, APPROVE, lostOnTheWayBack);
    const dialog = await opened(page);
    await sign(dialog, PASSWORD);
    await expect(dialog).toContainText("No answer came: it isn’t known whether this was signed.");
    expect(keys.length).toBe(1); // nobody signs who doesn't look
    await expect(dialog).toContainText("You have signed this round already.");
    await dialog.getByRole("button", { name: "Not now" }).click();
    await expect(page.locator(".request .signatures")).toContainText(scene.people.qa.name);
    expect(await signed(owner, change)).toEqual(["approved"]);
  });

  test("of a signature that never arrived: it is said, and signed once when one signs again", async ({
    enter,
    request,
  }) => {
    const { owner, change, request: id } = await asked(request, "qa", `Never arrived ${Date.now()}`);
    const page = await enter("qa", `/approvals/${id}`);
    await inTurn(page, APPROVE, lostOnTheWay);
    const dialog = await opened(page);
    await sign(dialog, PASSWORD);
    await expect(dialog).toContainText("No answer came: it isn’t known whether this was signed.");
    expect(await signed(owner, change)).toEqual([]);
    await sign(dialog, PASSWORD);
    await expect(dialog).toBeHidden();
    await expect(page.getByText(/signed «approved»/)).toBeVisible();
    expect(await signed(owner, change)).toEqual(["approved"]);
  });
});

test.describe("a busy server", () => {
  test.use({ allowed: /status of 503/ });

  test("is asked again when it says so, and the step is taken once", async ({ enter, request }) => {
    const page = await enter("owner", "/documents/new");
    const title = await typed(page);
    const keys = await inTurn(page, CREATE, busy, busy);
    await create(page);
    await made(page, title);
    expect(await count(await Caller.as(request, "owner"), title)).toBe(1);
    expect(new Set(keys).size).toBe(1);
  });

  test("that stays busy is told, and what was typed stays", async ({ enter, request }) => {
    const page = await enter("owner", "/documents/new");
    const title = await typed(page);
    await inTurn(page, CREATE, busy, busy, busy, busy);
    await create(page);
    await expect(page.getByText("Not sent: the server is busy.")).toBeVisible();
    await expectStillTyped(page, title);
    expect(await count(await Caller.as(request, "owner"), title)).toBe(0);
    await create(page);
    await made(page, title);
  });
});

test.describe("somebody else was faster", () => {
  test.use({ allowed: /status of (409|412)/ });

  test("withdrawn while one is about to sign: it is said, and nothing is signed", async ({ enter, request }) => {
    const { owner, change, request: id } = await asked(request, "qa", `Withdrawn ${Date.now()}`);
    const page = await enter("qa", `/approvals/${id}`);
    const dialog = await opened(page);
    const { etag } = await owner.read("get_change", { id: change });
    await owner.take("withdraw_change", { change_id: change }, etag);
    await sign(dialog, PASSWORD);
    await expect(dialog).toContainText("This change is draft; to approve it must be in approval.");
    await expect(dialog.getByRole("button", { name: "Sign: approved" })).toHaveAttribute("aria-disabled", "true");
    expect(await signed(owner, change)).toEqual([]);
  });

  test("changed, then discarded elsewhere: either is said, and the change is shown as it stands", async ({
    enter,
    request,
  }) => {
    const owner = await Caller.as(request, "owner");
    const { change } = await owner.take("create_document", { title: `Twice ${Date.now()}`, type: "sop", content: {} });
    const page = await enter("owner", `/changes/${change.id}`);
    await page.getByRole("button", { name: "Discard" }).click();
    const dialog = page.getByRole("dialog", { name: "Discard" });
    await owner.take("edit_change", { change_id: change.id, impact: "None" }, change.etag);
    await dialog.getByRole("button", { name: "Discard" }).click();
    await expect(dialog).toContainText("Somebody changed this meanwhile.");
    expect((await owner.read("get_change", { id: change.id })).status).toBe("draft");
    await expect(page.getByLabel("Impact")).toHaveValue("None");
    const { etag } = await owner.read("get_change", { id: change.id });
    await owner.take("discard_change", { change_id: change.id }, etag);
    const discard = dialog.getByRole("button", { name: "Discard" });
    await discard.click(); // as it was read after the first refusal: 412
    await expect(page.getByRole("heading", { level: 1, includeHidden: true })).toContainText("Discarded");
    await expect(discard).not.toHaveAttribute("aria-busy");
    await discard.click(); // as it is: 409
    await expect(dialog).toContainText("This change is discarded");
  });

  test("wrote in the same field: theirs and mine stand side by side, and mine stays where I say so", async ({
    enter,
    request,
  }) => {
    const owner = await Caller.as(request, "owner");
    const { change } = await owner.take("create_document", { title: `Same ${Date.now()}`, type: "sop", content: {} });
    const page = await enter("owner", `/changes/${change.id}`);
    await page.getByLabel("Impact").fill("Mine");
    await owner.take("edit_change", { change_id: change.id, impact: "Theirs" }, change.etag);
    await page.getByLabel("Impact").blur();
    const dialog = page.getByRole("dialog", { name: "Impact: somebody else wrote here" });
    await expect(dialog).toContainText("Theirs");
    await dialog.getByRole("button", { name: "Keep mine" }).click();
    await expect(page.getByText(/^Saved /)).toBeVisible();
    expect((await owner.read("get_change", { id: change.id })).impact).toBe("Mine");
  });
});
