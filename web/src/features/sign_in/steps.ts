import { useStep } from "../../shared/api/steps";

export const useAccept = () => useStep("accept_invitation", { refreshes: ["organisations"] });
export const useProfile = () => useStep("update_me", { refreshes: ["organisations"] });
export const usePolicy = () => useStep("accept_signing_policy", { refreshes: ["organisations"] });
// Nobody is signed in: it answers alike for every address.
export const usePasswordMail = () => useStep("send_password_reset", { refreshes: [] });
export const useFounding = () => useStep("create_organisation", { refreshes: ["organisations"] });
