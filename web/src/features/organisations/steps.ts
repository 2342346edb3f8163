import { useStep } from "../../shared/api/steps";

export const useProfile = () => useStep("update_me", { refreshes: ["organisations"] });
export const useTelling = () => useStep("set_telling", { refreshes: ["organisations"] });
export const useInvite = () => useStep("invite_member", { refreshes: ["organisations"] });
export const useResend = () => useStep("resend_invitation", { refreshes: ["organisations"] });
export const useRevoke = () => useStep("revoke_invitation", { refreshes: ["organisations"] });
