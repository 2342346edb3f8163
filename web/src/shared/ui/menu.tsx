import { type ReactNode, useId, useRef } from "react";

interface Props {
  label: ReactNode;
  /** The name of a button that shows a picture alone. */
  name?: string;
  children: ReactNode;
  kind?: "plain" | "quiet";
}

/** A button that opens a list of buttons or links: the platform's popover, closed by Escape, a click beside it, or a choice. */
export function Menu({ label, name, children, kind = "quiet" }: Props) {
  const id = `menu${useId().replaceAll(/[^\w]/g, "")}`;
  const list = useRef<HTMLDivElement>(null);
  const close = (event: { target: EventTarget }) => {
    if (event.target instanceof Element && event.target.closest("a, button")) list.current?.hidePopover();
  };
  return (
    <span className="menu">
      <button type="button" className={`button ${kind}`} popoverTarget={id}>
        {name ? <span className="hidden">{name}</span> : null}
        <span aria-hidden={name ? true : undefined}>{label}</span>
        <span aria-hidden="true" className="down" />
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a choice, however it is made, closes the list */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link or button is a click */}
      <div ref={list} id={id} popover="auto" onClick={close}>
        {children}
      </div>
    </span>
  );
}
