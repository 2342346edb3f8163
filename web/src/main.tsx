import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { NotReached } from "./app/fallbacks";
import { router } from "./app/routes";
import { queries } from "./shared/api/reads";
import { start } from "./shared/identity/session";
import "./shared/ui/index.css";
import { startWords } from "./shared/words/say";

const root = createRoot(document.querySelector("#root") as HTMLElement);

async function open(): Promise<void> {
  await startWords("app", "words", "ui");
  try {
    await start();
  } catch {
    root.render(<NotReached />);
    return;
  }
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

open();
