// The ways in: by keyboard alone, with a wrong password, by an invitation, and again when the session is over.
import { Caller, mailedLink, PASSWORD, scene } from "./scene";
import { expect, test } from "./watched";

const { email: OWNER } = scene.people.owner;

test.describe("by a new browser", () => {
  test.use({ fresh: true });

  test("signs in by keyboard alone and comes to Home", async ({ enter }) => {
    const page = await enter(null);
    await expect(page.getByLabel("E-mail address")).toBeFocused();
    await page.keyboard.type(OWNER);
    await page.keyboard.press("Tab");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
  });

  test("accepts an invitation from its mail, and the signing policy", async ({ enter, request }) => {
    const now = Date.now();
    const email = `invited-${now}@test.qfacts.example`;
    const letters = [...String(now)].map((digit) => "abcdefghij"[Number(digit)]).join("");
    const name = `Iris ${letters}`; // nobody else's: a printed name is taken once
    const admin = await Caller.as(request, "admin");
    await admin.take("invite_member", { email, role: "operator" });
    const page = await enter(null, await mailedLink(request, email, "/accept-invitation"));
    await expect(page.getByRole("heading", { name: `You are invited to ${scene.company}`, level: 1 })).toBeVisible();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Accept and continue" }).click();
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("heading", { name: "What your signature means" })).toBeVisible();
    await page.getByRole("button", { name: "I accept" }).click();
    await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
    const { items } = await admin.read("list_members");
    const named = items.find((member: { name: string }) => member.name === name);
    expect(named.policy_accepted_at).not.toBeNull();
  });
});

test.describe("with a wrong password", () => {
  test.use({ allowed: /status of 400.*accounts:signIn/ });

  test("says one sentence, keeps the address and stays outside", async ({ enter }) => {
    const page = await enter(null, "/sign-in");
    for (const email of [OWNER, "nobody@test.qfacts.example"]) {
      await page.getByLabel("E-mail address").fill(email);
      await page.getByLabel("Password", { exact: true }).fill("Another-1234");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByRole("alert")).toContainText("Address and password don’t go together. Check both.");
      await expect(page.getByLabel("E-mail address")).toHaveValue(email);
      await expect(page).toHaveURL(/\/sign-in/);
    }
  });
});

test.describe("when the session is over", () => {
  test.use({ allowed: /status of 401|status of 400.*accounts:signIn/ });

  test("asks for the password over the page, and the same person goes on there", async ({ enter }) => {
    const page = await enter("owner");
    let isOver = true;
    await page.route("**/api/**", (route) =>
      isOver
        ? route.fulfill({ status: 401, json: { title: "Unauthorized", status: 401, detail: "" } })
        : route.continue(),
    );
    await page.getByRole("link", { name: "Documents", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Sign in again" });
    await expect(dialog).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog).toBeVisible();
    await dialog.getByLabel("Password").fill("Another-1234");
    await dialog.getByRole("button", { name: "Go on" }).click();
    await expect(dialog.getByRole("alert")).toContainText("This isn’t the password.");
    isOver = false;
    await dialog.getByLabel("Password").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Go on" }).click();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(/\/documents/);
    await expect(page.getByRole("heading", { name: "Documents", level: 1 })).toBeVisible();
  });
});
