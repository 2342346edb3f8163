import type { ReactNode } from "react";
import type { Area, StepName } from "../api/names";
import type { OpenStep } from "../ui/step";
import { stepWord } from "../words/vocabulary";
import { Signing } from "./signing";

interface Props {
  record: { id: string; number: string; title: string; etag: string };
  step: OpenStep;
  /** What follows from the signature. */
  follows?: ReactNode;
  refreshes: readonly Area[];
  onClose: () => void;
}

/** A step on a record that needs its signature, and at most a reason. */
export function SignStep({ record, step, follows, refreshes, onClose }: Props) {
  return (
    <Signing
      title={stepWord(step.step)}
      reason={step.needs_reason ? "needed" : undefined}
      subjects={[
        {
          subject_kind: step.subject_kind ?? "",
          subject_id: record.id,
          meaning: step.meaning ?? "",
          title: `${record.number}, ${record.title}`,
          function: step.function as StepName,
          body: { id: record.id },
          etag: record.etag,
        },
      ]}
      follows={follows}
      refreshes={refreshes}
      onClose={onClose}
      onSigned={onClose}
    />
  );
}
