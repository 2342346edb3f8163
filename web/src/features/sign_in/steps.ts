import { useStep } from "../../shared/api/steps";

export const useAccept = () => useStep("accept_invitation", { refreshes: ["organisations"] });
export const useProfile = () => useStep("update_me", { refreshes: ["organisations"] });
export const usePolicy = () => useStep("accept_signing_policy", { refreshes: ["organisations"] });
export const useFounding = () => useStep("create_organisation", { refreshes: ["organisations"] });
