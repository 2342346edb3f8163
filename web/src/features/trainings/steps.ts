import { useStep } from "../../shared/api/steps";

export const useStartQuiz = () => useStep("start_quiz", { refreshes: ["trainings"] });
export const useAnswerQuiz = () => useStep("answer_quiz", { refreshes: ["trainings"] });
