// From Home to the documents, and what is said without a connection.
import { expect, test } from "./watched";

test("finds a document from Home by its name", async ({ enter }) => {
  const page = await enter("owner");
  await page.getByLabel("Search documents").fill("cold store");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/documents\?q=cold/);
  await page.getByRole("link", { name: "Cold store" }).click();
  await expect(page.getByRole("heading", { name: /^Cold store/, level: 1 })).toBeVisible();
});

test.describe("without a connection", () => {
  test.use({ allowed: /ERR_INTERNET_DISCONNECTED/ });

  test("says so, keeps what is loaded, and takes the sentence away afterwards", async ({ enter }) => {
    const page = await enter("owner", "/documents");
    await expect(page.getByRole("link", { name: "Cold store" })).toBeVisible();
    const band = page.getByRole("status").filter({ hasText: "You are offline." });
    await page.context().setOffline(true);
    await expect(band).toBeVisible();
    await expect(page.getByRole("link", { name: "Cold store" })).toBeVisible();
    await page.context().setOffline(false);
    await expect(band).toBeHidden();
  });
});
