import { queries } from "../api/reads";
import { dropDraftsOf } from "../draft/draft";
import { useMe } from "./me";
import { signOut } from "./session";

/** Signs out: nothing that the person read or typed stays on the device. */
export function useLeave(): () => Promise<void> {
  const { data: me } = useMe();
  return async () => {
    if (me) await dropDraftsOf(me.id);
    await signOut();
    queries.clear();
  };
}
