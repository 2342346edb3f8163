import { type KeyboardEvent, useEffect, useRef } from "react";
import { Button } from "../ui/button";
import type { Hand, Seen } from "./viewer";
import { say } from "./words";

const TYPING = 250; // milliseconds after the last key, until it looks

interface Props {
  hand: Hand | undefined;
  seen: Seen;
  onPrint: () => void;
  onSave: () => void;
  /** The page that is being made ready to be printed; 0 where none is. */
  drawing: number;
}

export function Toolbar({ hand, seen, onPrint, onSave, drawing }: Props) {
  return (
    <div className="toolbar" role="toolbar" aria-label={say("tools")}>
      <Find hand={hand} found={seen.found} />
      <span className="number soft" role="status">
        {seen.pages > 0 ? say("pageOf", { page: seen.page, pages: seen.pages }) : null}
      </span>
      <span className="zoom">
        <Button kind="quiet" className="icon" aria-label={say("smaller")} onClick={() => hand?.zoom(-1)}>
          −
        </Button>
        <Button
          kind="quiet"
          aria-label={`${say("percent", { percent: seen.percent })}, ${say("fit")}`}
          onClick={() => hand?.fit()}
        >
          {say("percent", { percent: seen.percent })}
        </Button>
        <Button kind="quiet" className="icon" aria-label={say("larger")} onClick={() => hand?.zoom(1)}>
          +
        </Button>
      </span>
      <Button kind="quiet" className="paper" busy={drawing > 0} onClick={onPrint}>
        {drawing > 0 ? say("preparing", { page: drawing, pages: seen.pages }) : say("print")}
      </Button>
      <Button kind="quiet" onClick={onSave}>
        {say("download")}
      </Button>
    </div>
  );
}

/** The browser's own search sees only the pages that are drawn, so Ctrl-F leads here. */
function Find({ hand, found }: { hand: Hand | undefined; found: Seen["found"] }) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  useEffect(() => {
    const key = (event: globalThis.KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "f") return;
      if (document.activeElement === field.current) return; // a second time it is the browser's
      event.preventDefault();
      field.current?.select();
    };
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("keydown", key);
      window.clearTimeout(timer.current);
    };
  }, []);
  const look = (backwards = false) => hand?.find(field.current?.value ?? "", backwards);
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    window.clearTimeout(timer.current);
    look(event.shiftKey);
  };
  const typed = () => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(look, TYPING);
  };
  const isLooking = Boolean(field.current?.value) && found !== null;
  return (
    <search className="find">
      <input
        ref={field}
        type="search"
        aria-label={say("find")}
        placeholder={say("find")}
        onKeyDown={press}
        onInput={typed}
      />
      <span className="number soft" role="status">
        {isLooking && found ? (found.total > 0 ? say("foundOf", { ...found }) : say("notFound")) : null}
      </span>
    </search>
  );
}
