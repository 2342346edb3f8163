import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/** Goes to another page once, however often it is drawn meanwhile; `back` is the page to come back to afterwards. */
export function Redirect(props: { to: string; back?: string }) {
  const [{ to, back }] = useState(props);
  const { history } = useRouter();
  useEffect(() => {
    const inside = /^\/(?![/\\])/.test(to) ? to : "/"; // only pages of our own
    history.replace(back && back !== "/" ? `${inside}?to=${encodeURIComponent(back)}` : inside);
  }, [to, back, history]);
  return null;
}
