import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { useMe } from "../identity/me";
import { moment } from "../words/dates";
import { say } from "./words";

/** Who prints, and when: what is on paper isn't kept up to date, and says so. */
export function usePrintedBy(): string {
  const name = useMe().data?.name ?? "";
  const [at, setAt] = useState(() => new Date().toISOString());
  useEffect(() => {
    const now = () => flushSync(() => setAt(new Date().toISOString()));
    window.addEventListener("beforeprint", now);
    return () => window.removeEventListener("beforeprint", now);
  }, []);
  return say("printedBy", { name, when: moment(at) });
}

export function PrintedBy() {
  return <p className="printed">{usePrintedBy()}</p>;
}
