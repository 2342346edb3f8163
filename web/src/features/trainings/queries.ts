import type { Read, Shape } from "../../shared/api/names";
import { read } from "../../shared/api/reads";

export type Assignment = Read<"get_assignment">;
export type Attempt = Shape<"Attempt">;

/** Nothing of another assignment stays on the screen while this one is asked for. */
export const assignment = (id: string) => ({
  ...read("trainings", "get_assignment", { id }),
  placeholderData: undefined,
});
