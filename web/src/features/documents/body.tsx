import { useQuery } from "@tanstack/react-query";
import type { Shape } from "../../shared/api/names";
import { Pages } from "../../shared/pages/pages";
import { Download } from "../../shared/ui/download";
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
