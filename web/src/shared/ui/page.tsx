import { type ReactNode, useEffect, useRef } from "react";
import { PrintedBy } from "./printed";

interface Props {
  title: string;
  /** What stands above the title: a number, the way back. */
  above?: ReactNode;
  /** What stands beside the title: a status. */
  beside?: ReactNode;
  /** The one main action of the screen, and its menu. */
  action?: ReactNode;
  children: ReactNode;
  /** As narrow as prose. */
  narrow?: boolean;
}

let shown = false; // the first page leaves the focus where the browser puts it

/** The frame of a screen: its title is the document's, and takes the focus when one comes here, so that it is read out. */
export function Page({ title, above, beside, action, children, narrow = false }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (shown && !document.querySelector("dialog[open]")) head.current?.focus({ preventScroll: true });
    shown = true;
  }, []);
  return (
    <article className={narrow ? "page narrow" : "page"}>
      <title>{`${title} · QFacts`}</title>
      <header>
        <div>
          {above ? <p className="above">{above}</p> : null}
          <h1 ref={head} tabIndex={-1}>
            {title} {beside}
          </h1>
        </div>
        {action ? <div className="action">{action}</div> : null}
      </header>
      {children}
      <PrintedBy />
    </article>
  );
}

/** A part of a page, with its heading. */
export function Section({ title, children, beside }: { title: string; children: ReactNode; beside?: ReactNode }) {
  return (
    <section className="panel">
      <header>
        <h2>{title}</h2>
        {beside}
      </header>
      {children}
    </section>
  );
}

/** Nothing is here: why, and the step that fills it. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}
