import { useCallback, useEffect, useRef, useState } from "react";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import "./pages.css";
import type { PagesProps } from "./pages";
import { Printout, usePrintKey } from "./printout";
import { Toolbar } from "./toolbar";
import { type Hand, open, type Seen } from "./viewer";
import { say } from "./words";

const NOTHING: Seen = { pages: 0, page: 0, percent: 100, found: null };

export function Paged({ url, filename, across = "", line, after, otherwise }: PagesProps) {
  const container = useRef<HTMLDivElement>(null);
  const [hand, setHand] = useState<Hand>();
  const [seen, setSeen] = useState(NOTHING);
  const [far, setFar] = useState(0);
  const [broken, setBroken] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [sheets, setSheets] = useState<string[]>();
  const [drawing, setDrawing] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens the same address anew
  useEffect(() => {
    const box = container.current;
    if (!box) return;
    let hold: Hand | undefined;
    let gone = false;
    const named = (page: number) => (across ? say("pageNotInForce", { page, word: across }) : say("page", { page }));
    const tell = (more: Partial<Seen>) => setSeen((former) => ({ ...former, ...more }));
    setBroken(false);
    open(box, { url, across, named, tell, far: setFar, isGone: () => gone }).then(
      (opened) => {
        if (gone) opened.close();
        else {
          hold = opened;
          setHand(opened);
        }
      },
      () => setBroken(!gone),
    );
    return () => {
      gone = true;
      setHand(undefined);
      setSeen(NOTHING);
      hold?.close();
    };
  }, [url, across, attempt]);

  const print = useCallback(async () => {
    if (!hand || drawing > 0) return;
    setDrawing(1);
    try {
      setSheets(await hand.pictures((page) => setDrawing(page)));
    } finally {
      setDrawing(0);
    }
  }, [hand, drawing]);
  usePrintKey(print);

  const save = async () => {
    if (!hand) return;
    const bytes = await hand.bytes();
    const address = URL.createObjectURL(new Blob([bytes.slice().buffer], { type: "application/pdf" }));
    Object.assign(document.createElement("a"), { href: address, download: filename }).click();
    URL.revokeObjectURL(address);
  };

  if (broken)
    return (
      <Alert tone="warning" title={say("notShown")}>
        <p>{say("notShownWhy")}</p>
        <div className="actions">
          <Button onClick={() => setAttempt((former) => former + 1)}>{say("again")}</Button>
          {otherwise}
        </div>
      </Alert>
    );
  return (
    <section className="pages" aria-label={say("pages")}>
      <Toolbar hand={hand} seen={seen} onPrint={print} onSave={save} drawing={drawing} />
      <div className="opened">
        {hand ? null : (
          <p className="opening" role="status">
            {say("opening", { percent: far })}
          </p>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the pages are scrolled by keyboard */}
        <div ref={container} className="scrolled" tabIndex={0} role="document" aria-label={filename}>
          <div className="pdfViewer" />
        </div>
      </div>
      {sheets ? (
        <Printout sheets={sheets} across={across} line={line} onDone={() => setSheets(undefined)}>
          {after}
        </Printout>
      ) : null}
    </section>
  );
}
