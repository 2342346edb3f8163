import { wordsOf } from "../../shared/words/say";
import type en from "./words.en";

export const say = wordsOf<typeof en>("events");
