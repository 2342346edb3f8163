import { useStep } from "../../shared/api/steps";

export const useReport = () => useStep("report_event", { refreshes: ["events"] });
export const useNote = () => useStep("add_note", { refreshes: ["events"] });
export const useProposeClosing = () => useStep("propose_change", { refreshes: ["changes", "events"] });
