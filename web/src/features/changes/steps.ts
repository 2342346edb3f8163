import { useStep } from "../../shared/api/steps";

export const useEdit = () => useStep("edit_change", { refreshes: [] }); // what it answers is what is shown
export const useSubmit = () => useStep("submit_change", { refreshes: ["changes", "approvals"] });
export const useWithdraw = () => useStep("withdraw_change", { refreshes: ["changes", "approvals"] });
export const useDiscard = () => useStep("discard_change", { refreshes: ["changes", "documents"] });
