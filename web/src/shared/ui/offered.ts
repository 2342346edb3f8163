// What can be done on the screen that is shown, so that the palette offers it too.
import { useEffect, useRef } from "react";

/** A button's word, and what pressing it does. */
export interface Offer {
  word: string;
  act: () => void;
}

const made: { current: readonly Offer[] }[] = [];

/** These can be done while the screen is shown. */
export function useOffers(offers: readonly Offer[]): void {
  const held = useRef(offers);
  held.current = offers;
  useEffect(() => {
    made.push(held);
    return () => {
      made.splice(made.indexOf(held), 1);
    };
  }, []);
}

export function offersNow(): Offer[] {
  return made.flatMap((each) => each.current);
}
