import { wordsOf } from "../words/say";
import type en from "./words.en";

export const say = wordsOf<typeof en>("pages");
