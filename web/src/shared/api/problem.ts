// What a function refused, as RFC 9457 has it, and the two things that can go wrong on the way to it.
export interface BadField {
  field: string;
  code?: string;
  detail: string;
}

export interface Problem {
  status: number;
  title: string;
  detail: string;
  code?: string;
  field?: string;
  errors?: BadField[];
  request_id?: string;
  /** The language of `detail`. */
  language?: string;
}

/** The status of what never reached the server (`offline`), or of which no answer came (`lost`). */
export const NO_ANSWER = 0;

export class Refusal extends Error {
  readonly problem: Problem;
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail || problem.title);
    this.name = "Refusal";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return this.problem.status;
  }

  get isOffline(): boolean {
    return this.problem.code === "offline";
  }

  /** Whether the same request may succeed in a moment: the server was busy, or its answer never came. */
  get mayPass(): boolean {
    return this.status === 503 || (this.status === NO_ANSWER && !this.isOffline);
  }

  /** Every bad field; a problem names several, or one. */
  get fields(): BadField[] {
    const { errors, field, detail } = this.problem;
    return errors ?? (field ? [{ field, detail }] : []);
  }
}

export function noAnswer(code: "offline" | "lost"): Refusal {
  return new Refusal({ status: NO_ANSWER, title: code, detail: "", code });
}

export async function refusalOf(response: Response): Promise<Refusal> {
  const after = Number(response.headers.get("Retry-After"));
  const language = response.headers.get("Content-Language") ?? "en";
  const problem: Problem = { status: response.status, title: response.statusText, detail: "" };
  try {
    Object.assign(problem, await response.json(), { language });
  } catch {
    // Not one of our own answers: the status says it.
  }
  return new Refusal(problem, Number.isFinite(after) && after > 0 ? after : undefined);
}
