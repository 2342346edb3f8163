import { useRef, useState } from "react";

export interface Chosen {
  ids: readonly string[];
  has: (id: string) => boolean;
  /** Turns one; with Shift all from the one that was turned last to this one. */
  turn: (id: string, isRange: boolean) => void;
  turnAll: () => void;
  clear: () => void;
}

/** Several of a list, of which those count that are in it still. */
export function useChosen(all: readonly string[]): Chosen {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef("");
  const ids = all.filter((each) => chosen.has(each));
  const turn = (id: string, isRange: boolean) => {
    const [from, to] = [all.indexOf(last.current), all.indexOf(id)].sort((one, other) => one - other);
    const turned = isRange && from !== undefined && from >= 0 ? all.slice(from, (to ?? from) + 1) : [id];
    const on = !chosen.has(id);
    last.current = id;
    setChosen(new Set(on ? [...ids, ...turned] : ids.filter((each) => !turned.includes(each))));
  };
  return {
    ids,
    has: (id) => chosen.has(id),
    turn,
    turnAll: () => setChosen(new Set(ids.length === all.length ? [] : all)),
    clear: () => setChosen(new Set()),
  };
}
