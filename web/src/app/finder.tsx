import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { useMay } from "../shared/identity/me";
import { type Keys, useKeys } from "../shared/ui/keys";
import { NAVIGATION } from "./navigation";
import { say } from "./words";

const file = () => import("./palette");
const Palette = lazy(() => file().then(({ Palette: found }) => ({ default: found })));
const KeyList = lazy(() => import("./key_list").then(({ KeyList: found }) => ({ default: found })));

/** The way to everything: a button and Ctrl-K for the palette, letters for the pages, `?` for the list of them. */
export function Finder() {
  const may = useMay();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"palette" | "keys">();
  const close = () => setOpen(undefined);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k")
        return;
      event.preventDefault(); // the browser's own search
      if (!document.querySelector("dialog[open]")) setOpen("palette");
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  const pages = NAVIGATION.filter((entry) => !entry.needs || may(entry.needs));
  const leading = pages.map(({ to, word, key }) => [`g ${key}`, { word: say(word), act: () => navigate({ to }) }]);
  useKeys({
    ...(Object.fromEntries(leading) as Keys),
    "?": { word: say("keys"), act: () => setOpen("keys") },
  });
  return (
    <>
      <button
        type="button"
        className="button finder"
        aria-keyshortcuts="Control+K"
        onClick={() => setOpen("palette")}
        onPointerEnter={file}
        onFocus={file}
      >
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path
            d="M16.5 16.5 21 21M18.5 11a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0Z"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinecap="round"
          />
        </svg>
        <span>{say("find")}</span>
        <kbd className="mouse">Ctrl K</kbd>
      </button>
      {createPortal(
        <Suspense fallback={null}>
          {open === "palette" ? <Palette onClose={close} onKeys={() => setOpen("keys")} /> : null}
          {open === "keys" ? <KeyList onClose={close} /> : null}
        </Suspense>,
        document.body, // a dialogue has a header of its own, which stands in no other
      )}
    </>
  );
}
