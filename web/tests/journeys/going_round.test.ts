// From Home to the documents, and what is said without a connection.
import { Caller, OWNER, signIn } from "./people";
import { expect, test } from "./watched";

test("goes from Home to a document in the list", async ({ page, request }) => {
  const title = `Cleaning of line ${Date.now()}`;
  const owner = await Caller.as(request, OWNER);
  await owner.take("create_document", { title, type: "sop" });
  await signIn(page, OWNER);
  await page.getByRole("link", { name: "Documents", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Documents", level: 1 })).toBeVisible();
  await page.getByLabel("Search").fill(title);
  await expect(page).toHaveURL(/q=Cleaning/);
  await expect(page.getByRole("link", { name: title })).toBeVisible();
});

test.describe("without a connection", () => {
  test.use({ allowed: /ERR_INTERNET_DISCONNECTED/ });

  test("says so, keeps what is loaded, and takes the sentence away afterwards", async ({ page, context }) => {
    await signIn(page, OWNER);
    await page.getByRole("link", { name: "Documents", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Documents", level: 1 })).toBeVisible();
    const band = page.getByRole("status").filter({ hasText: "You are offline." });
    await context.setOffline(true);
    await expect(band).toBeVisible();
    await expect(page.getByRole("heading", { name: "Documents", level: 1 })).toBeVisible();
    await context.setOffline(false);
    await expect(band).toBeHidden();
  });
});
