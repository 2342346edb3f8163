// The main job, by clicks: a document in its first and second version, a rejection that comes back to its author, and what each reads.
import type { Page } from "@playwright/test";
import { asked, body, PASSWORD, scene } from "./scene";
import { expect, test } from "./watched";

const { second_qa: approver } = scene.people;

test("a document is made, approved, changed, compared and read in its second version", async ({ enter }) => {
  const title = `Cleaning of vessels ${Date.now()}`;
  const owner = await enter("owner", "/documents");
  await owner.getByRole("link", { name: "New document" }).click();
  await owner.getByLabel("Type").selectOption({ label: "SOP" });
  await owner.getByLabel("Title").fill(title);
  await owner.getByLabel("Summary").fill("Vessels are rinsed twice");
  await owner.locator("input[type=file]").setInputFiles(body(1));
  await expect(owner.getByText("cleaning_1.pdf is uploaded")).toBeVisible();
  await owner.getByRole("button", { name: "Create the draft" }).click();
  await submit(owner, title);

  const qa = await enter("second_qa");
  await approve(qa, title);

  await owner.getByRole("link", { name: "Documents", exact: true }).click();
  await owner.getByRole("link", { name: title }).click();
  await owner.getByRole("button", { name: "Propose a change" }).click();
  const proposing = owner.getByRole("dialog");
  if (await proposing.getByLabel("Make a new version").isVisible())
    await proposing.getByLabel("Make a new version").check();
  await proposing.getByLabel("Reason").fill("Residue was found after two rinses");
  await proposing.getByRole("button", { name: "Propose a change" }).click();
  await owner.getByLabel("Summary").fill("Vessels are rinsed three times");
  await owner.getByLabel("Summary").blur();
  await expect(owner.getByText(/^Saved /)).toBeVisible();
  await owner.locator("input[type=file]").setInputFiles(body(2));
  await expect(owner.getByText(/^File cleaning_2\.pdf$/)).toBeVisible(); // once it is saved, not while it is sent
  await submit(owner, title);

  await qa.goto("/");
  await approve(qa, title, async () => {
    const request = qa.locator(".request");
    await expect(request.locator("del", { hasText: "twice" }).first()).toBeVisible();
    await expect(request.locator("ins", { hasText: "three" }).first()).toBeVisible();
    await expect(request.getByText("Residue was found after two rinses")).toBeVisible();
  });

  await owner.getByRole("link", { name: "Documents", exact: true }).click();
  await owner.getByRole("link", { name: title }).click();
  await owner.getByRole("link", { name: "History", exact: true }).click();
  await owner.getByRole("link", { name: "Compare with version 1" }).click();
  await expect(owner.getByRole("heading", { name: "Compare versions" })).toBeVisible();
  await expect(owner.getByLabel("Earlier version")).toHaveValue("1");
  await expect(owner.locator(".compared del", { hasText: "twice" }).first()).toBeVisible();

  const operator = await enter("operator", "/documents");
  await operator.getByLabel("Search").fill(title);
  await operator.getByRole("link", { name: title }).click();
  await expect(operator.getByText("v2", { exact: false }).first()).toBeVisible();
  await expect(operator.getByText("Rinse three times.")).toBeVisible();
  await expect(operator.getByRole("button", { name: "Propose a change" })).toHaveCount(0);
});

test("a rejection comes back to its author with its reason", async ({ enter, request }) => {
  const { change, request: id } = await asked(request, "second_qa", `Drying of vessels ${Date.now()}`);
  const qa = await enter("second_qa", `/approvals/${id}`);
  await qa.getByRole("button", { name: "Reject" }).click();
  const dialog = qa.getByRole("dialog", { name: "Reject" });
  await dialog.getByLabel("Reason").fill("It doesn’t say how long");
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign: rejected" }).click();
  await expect(dialog).toBeHidden();
  await expect(qa.getByText(/signed «rejected»/)).toBeVisible();

  const owner = await enter("owner", `/changes/${change}`);
  await expect(owner.getByText(`Round 1 was rejected by ${approver.name}`)).toBeVisible();
  await expect(owner.getByText("It doesn’t say how long").first()).toBeVisible();
  await expect(owner.getByRole("button", { name: "Submit for approval" })).toBeVisible();
});

/** The author asks one person to approve. */
async function submit(page: Page, title: string): Promise<void> {
  await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Submit for approval" }).click();
  const dialog = page.getByRole("dialog", { name: "Submit for approval" });
  await dialog.getByLabel(approver.name).check();
  await dialog.getByRole("button", { name: "Submit for approval" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("In approval");
}

/** From Home to the request, read, and signed. */
async function approve(page: Page, title: string, read: () => Promise<void> = async () => undefined): Promise<void> {
  await page.getByRole("link", { name: "Approve" }).filter({ hasText: title }).click();
  await expect(page.locator(".request").locator("header h2").first()).toContainText(title);
  await read();
  await page.getByRole("button", { name: "Approve" }).click();
  const dialog = page.getByRole("dialog", { name: "Approve" });
  await expect(dialog).toContainText(`You sign as ${approver.name}`);
  await expect(dialog).toContainText("meaning approved");
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign: approved" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(`${approver.name} signed «approved»`)).toBeVisible();
}
