// The journeys through the whole stack, in Debian's Chromium. tests/journeys/test_web_application.py starts the stack and runs them.
import { defineConfig } from "@playwright/test";
import { ORIGIN } from "./journeys/scene";

/** Where the pictures and traces of a run lie; git ignores it. */
const KEPT = "../../.local/web/journeys";
const { QFACTS_CHROMIUM = "/usr/bin/chromium" } = process.env;
// What a browser asks of its maker by itself is no part of the product.
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const AS_ROOT = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export default defineConfig({
  testDir: "journeys",
  outputDir: KEPT,
  workers: 2,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? "json" : "list",
  use: {
    baseURL: ORIGIN,
    locale: "en-GB",
    timezoneId: "Europe/Brussels",
    screenshot: "only-on-failure",
    launchOptions: { executablePath: QFACTS_CHROMIUM, args: [...QUIET, ...AS_ROOT] },
  },
});
