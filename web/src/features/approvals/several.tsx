import { useQueries } from "@tanstack/react-query";
import { Signing } from "../../shared/signing/signing";
import type { Outcome } from "../../shared/signing/use_signing";
import { Alert, Sentence } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Dialog } from "../../shared/ui/dialog";
import { Skeleton } from "../../shared/ui/skeleton";
import { stepWord } from "../../shared/words/vocabulary";
import { APPLIES, type Meaning, stepMeaning, toSign, WORDS } from "./deciding";
import { request as requestRead } from "./queries";
import { say } from "./words";

interface Props {
  ids: readonly string[];
  meaning: Meaning;
  onClose: () => void;
  onSigned: (outcomes: ReadonlyMap<string, Outcome>) => void;
}

/** Several requests in one ceremony: each is read as it stands, and signed on its own. */
export function Several({ ids, meaning, onClose, onSigned }: Props) {
  const read = useQueries({ queries: ids.map((id) => ({ ...requestRead(id), placeholderData: undefined })) });
  const requests = read.map((each) => each.data).filter((each) => each !== undefined);
  const refused = read.find((each) => each.error && !each.data)?.error;
  const title = say("several", { step: stepWord(WORDS[meaning]), count: ids.length });
  if (requests.length < ids.length)
    return (
      <Dialog title={title} onClose={onClose}>
        {refused ? (
          <Alert tone="danger">
            <p>
              <Sentence refusal={refused} />
            </p>
            <Button onClick={onClose}>{say("close")}</Button>
          </Alert>
        ) : (
          <Skeleton lines={ids.length} />
        )}
      </Dialog>
    );
  const steps = requests.map((each) => stepMeaning(each, meaning));
  return (
    <Signing
      title={title}
      subjects={requests.map((each) => toSign(each, meaning))}
      reason={steps.some((each) => each?.needs_reason) ? "needed" : undefined}
      follows={say("followsSeveral")}
      refreshes={APPLIES}
      onClose={onClose}
      onSigned={onSigned}
    />
  );
}
