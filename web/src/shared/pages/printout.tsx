import { type ReactNode, useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { usePrintedBy } from "../ui/printed";

/** Ctrl-P prints all pages; the browser alone would print those that are drawn. */
export function usePrintKey(print: () => void): void {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "p") return;
      event.preventDefault();
      print();
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [print]);
}

interface Props {
  sheets: string[];
  across: string;
  line: string;
  children: ReactNode;
  onDone: () => void;
}

/** What is printed instead of the page: each sheet says what it is, who printed it and when, and then the signatures. */
export function Printout({ sheets, across, line, children, onDone }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const printedBy = usePrintedBy();
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    let gone = false;
    const end = () => done.current();
    window.addEventListener("afterprint", end);
    const pictures = [...(box.current?.querySelectorAll("img") ?? [])];
    Promise.all(pictures.map((each) => each.decode())).then(() => gone || window.print());
    return () => {
      gone = true;
      window.removeEventListener("afterprint", end);
      for (const sheet of sheets) URL.revokeObjectURL(sheet);
    };
  }, [sheets]);
  return createPortal(
    <div ref={box} className="printout">
      {sheets.map((sheet, at) => (
        <figure key={sheet} className="sheet">
          <span className="pictured" data-across={across || undefined}>
            <img src={sheet} alt="" />
          </span>
          <figcaption>
            {line} · {at + 1}/{sheets.length} · {printedBy}
          </figcaption>
        </figure>
      ))}
      {children}
      <p>
        {line} · {printedBy}
      </p>
    </div>,
    document.body,
  );
}
