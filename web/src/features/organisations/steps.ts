import { useStep } from "../../shared/api/steps";

export const useProfile = () => useStep("update_me", { refreshes: ["organisations"] });
export const useTelling = () => useStep("set_telling", { refreshes: ["organisations"] });
