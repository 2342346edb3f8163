import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../shared/api/client";
import type { Read, Shape } from "../../shared/api/names";
import { Refusal } from "../../shared/api/problem";
import { Pages } from "../../shared/pages/pages";
import { RefusalAlert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Loaded } from "../../shared/ui/loaded";
import { Empty } from "../../shared/ui/page";
import { SignatureList } from "../../shared/ui/signatures";
import { statusWord } from "../../shared/words/vocabulary";
import { download, type Reading } from "./queries";
import { say } from "./words";

type File = Shape<"File">;
type Shown = Pick<Reading, "files" | "number" | "title" | "status" | "version" | "signatures">;

const PDF = "application/pdf";

/** The document itself: its pages where it is a PDF, else what to do with the file. */
export function Body({ document }: { document: Shown }) {
  const file = document.files.find((each) => each.field === "file_id");
  if (!file) return <Empty>{say("noFile")}</Empty>;
  return file.media_type === PDF ? (
    <Opened key={file.id} file={file} document={document} />
  ) : (
    <Empty action={<Download file={file} />}>{say("otherType", { name: file.filename })}</Empty>
  );
}

function Opened({ file, document }: { file: File; document: Shown }) {
  const at = useQuery(download(file.id));
  const word = statusWord(document.status);
  return (
    <Loaded of={at} lines={12}>
      {({ url }) => (
        <Pages
          url={url}
          filename={file.filename}
          across={document.status === "effective" ? undefined : word}
          line={`${document.number} ${document.title} · ${say("versionShort", document)} · ${word}`}
          after={<SignatureList signatures={document.signatures} />}
          otherwise={<Download file={file} />}
        />
      )}
    </Loaded>
  );
}

/** Fetches a file when somebody asks for it, never before: the audit trail says who had it. */
export function Download({ file, children }: { file: File; children?: string }) {
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
