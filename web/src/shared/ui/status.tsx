import { statusWord } from "../words/vocabulary";

type Tone = "plain" | "good" | "info" | "warning" | "danger" | "soft";
const LOOKS: Record<string, [sign: string, tone: Tone]> = {
  draft: ["○", "plain"],
  in_approval: ["◐", "info"],
  open: ["◐", "info"],
  reported: ["◐", "info"],
  triaged: ["◐", "info"],
  under_investigation: ["◐", "info"],
  implementing: ["◐", "info"],
  effectiveness_check: ["◐", "info"],
  assigned: ["◐", "info"],
  requested: ["◐", "info"],
  permitted: ["◐", "info"],
  approved: ["◔", "info"],
  effective: ["●", "good"],
  active: ["●", "good"],
  applied: ["●", "good"],
  completed: ["●", "good"],
  concluded: ["●", "good"],
  closed: ["●", "good"],
  closed_effective: ["●", "good"],
  done: ["●", "good"],
  verified: ["●", "good"],
  granted: ["●", "good"],
  waived: ["●", "soft"],
  superseded: ["◌", "soft"],
  obsolete: ["◌", "soft"],
  suspended: ["‖", "warning"],
  locked: ["‖", "warning"],
  recalled: ["✕", "danger"],
  rejected: ["✕", "danger"],
  cancelled: ["✕", "soft"],
  denied: ["✕", "danger"],
  withdrawn: ["✕", "soft"],
  lapsed: ["✕", "soft"],
  retired: ["□", "soft"],
  overdue: ["!", "danger"],
  void: ["–", "soft"],
  discarded: ["–", "soft"],
};

/** A status as word, shape and colour. */
export function Status({ of, children }: { of: string; children?: string }) {
  const [sign, tone] = LOOKS[of] ?? ["○", "plain"];
  return (
    <span className={`status ${tone}`}>
      <span aria-hidden="true">{sign}</span> {children ?? statusWord(of)}
    </span>
  );
}
