import { useState } from "react";
import { call } from "../api/client";
import type { Read, Shape } from "../api/names";
import { Refusal } from "../api/problem";
import { RefusalAlert } from "./alert";
import { Button } from "./button";
import { say } from "./words";

/** Fetches a file when somebody asks for it, never before: the audit trail says who had it. */
export function Download({ file, children }: { file: Shape<"File">; children?: string }) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const fetchIt = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const query = { file_id: file.id };
      const { url } = await call<Read<"download_file">>("download_file", { method: "GET", query });
      window.location.assign(url); // it comes as an attachment, so the page stays
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button busy={busy} onClick={fetchIt}>
        {children ?? say("download")}
      </Button>
      <RefusalAlert refusal={refusal} />
    </>
  );
}
