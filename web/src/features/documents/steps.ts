import { useStep } from "../../shared/api/steps";

export const usePropose = () => useStep("propose_change", { refreshes: ["changes", "documents"] });
export const useCreate = () => useStep("create_document", { refreshes: ["changes", "documents"] });
