// How far it is to what each comes for: taps of an Operator, keys of QA; somebody of two organisations, and an inspector who only reads.
import { asked, Caller, PASSWORD, scene } from "./scene";
import { expect, test } from "./watched";

test.describe("on a phone", () => {
  test.use({ phone: true });

  test("an Operator opens a procedure in two taps", async ({ enter }) => {
    const page = await enter("newcomer");
    let taps = 0;
    const tap = async (name: RegExp) => {
      taps += 1;
      await page.getByRole("link", { name }).tap();
    };
    await tap(/Read and understand.*Working in the cold store/);
    await tap(/^Open SOP-/);
    await expect(page.getByText("Check the seal every morning.")).toBeVisible();
    expect(taps).toBeLessThanOrEqual(2);

    await page.getByRole("link", { name: "Home", exact: true }).tap();
    taps = 0;
    await tap(/^Documents$/);
    await tap(/^Cold store$/);
    await expect(page.getByText("Check the seal every morning.")).toBeVisible();
    expect(taps).toBeLessThanOrEqual(2);
  });
});

test("QA signs an approval from Home with four keys and a password", async ({ enter, request }) => {
  const { owner, record } = await asked(request, "third_qa", `Sealing ${Date.now()}`);
  const page = await enter("third_qa");
  await expect(page.getByRole("link", { name: /^Approve/ })).toBeVisible();
  let keys = 0;
  const press = async (key: string) => {
    keys += 1;
    await page.keyboard.press(key);
  };
  await press("j");
  await press("Enter");
  await expect(page.getByRole("button", { name: "Approve" })).toBeVisible();
  await press("a");
  await expect(page.getByLabel("Your password")).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText(/signed «approved»/)).toBeVisible();
  expect(keys).toBeLessThanOrEqual(4);
  expect((await owner.read("get_document", { id: record })).status).toBe("effective");
});

test.describe("somebody of two organisations", () => {
  test.use({ allowed: /status of 404.*get_document/ });

  test("works in one at a time and sees nothing of the other", async ({ enter, request }) => {
    const title = `Pressing of tablets ${Date.now()}`;
    const there = await Caller.as(request, "between", scene.other);
    const { record } = await there.take("create_document", { title, type: "sop", content: { summary: "How" } });
    const page = await enter("between");
    const turnTo = async (from: string, to: string) => {
      await page.getByRole("button", { name: `Organisation: ${from}` }).click();
      await page.getByRole("button", { name: to }).click();
      await expect(page.getByRole("button", { name: `Organisation: ${to}` })).toBeVisible();
    };
    const here = (await page.getByRole("button", { name: `Organisation: ${scene.company}` }).isVisible())
      ? scene.company
      : scene.other;
    if (here === scene.other) await turnTo(scene.other, scene.company);
    await page.getByRole("link", { name: "Documents", exact: true }).click();
    await expect(page.getByRole("link", { name: "Cold store" })).toBeVisible();
    await expect(page.getByText(title)).toHaveCount(0);
    await page.goto(`/documents/${record.id}`);
    await expect(page.getByText("There is nothing here")).toBeVisible();

    await turnTo(scene.company, scene.other);
    await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
    await page.getByRole("link", { name: "Documents", exact: true }).click();
    await expect(page.getByRole("link", { name: title })).toBeVisible();
    await expect(page.getByText("Cold store")).toHaveCount(0);
    await page.goto(`/documents/${scene.shown.documents}`);
    await expect(page.getByText("There is nothing here")).toBeVisible();
    await expect(page.getByRole("button", { name: `Organisation: ${scene.other}` })).toBeVisible(); // remembered
  });
});

test("an inspector reads a record and its story, and is offered no step", async ({ enter }) => {
  const page = await enter("inspector", "/documents");
  await page.getByRole("link", { name: "Cold store" }).click();
  await expect(page.getByText("Check the seal every morning.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Propose a change" })).toHaveCount(0);
  await page.getByRole("link", { name: "History", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Version 2" })).toBeVisible();
  await expect(page.getByText(`${scene.people.qa.name}`).first()).toBeVisible();
  await page.getByRole("link", { name: "Its audit trail, entry by entry" }).click();
  await expect(page.getByRole("heading", { name: "Audit trail", level: 1 })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Create document" }).first()).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation", { name: "Navigation" })).toBeHidden();
  await expect(page.getByText(`Printed by ${scene.people.inspector.name}`)).toBeVisible();
});
