import {
  ComboboxGroup,
  ComboboxGroupLabel,
  ComboboxItem,
  ComboboxList,
  ComboboxProvider,
  Combobox as Typed,
} from "@ariakit/react";
import { type ReactNode, useId } from "react";
import "./combobox.css";

export interface Option {
  id: string;
  label: ReactNode;
  hint?: ReactNode;
}

export interface Group<One extends Option> {
  label: string;
  options: readonly One[];
}

interface Props<One extends Option> {
  label: string;
  placeholder?: string;
  value: string;
  onType: (value: string) => void;
  /** What fits what was typed, best first. */
  groups: readonly Group<One>[];
  onChosen: (option: One) => void;
  /** How many were found, or that none was: announced. */
  found: string;
}

/** A list that one narrows by typing, which the platform hasn't: arrows move in it, Enter takes the marked one. */
export function Combobox<One extends Option>(props: Props<One>) {
  const { label, placeholder, value, onType, groups, onChosen, found } = props;
  const id = useId();
  return (
    <ComboboxProvider open value={value} setValue={onType} includesBaseElement={false} focusLoop={false}>
      <div className="combobox">
        <label className="hidden" htmlFor={id}>
          {label}
        </label>
        <Typed id={id} autoSelect="always" placeholder={placeholder} autoComplete="off" spellCheck={false} />
        <ComboboxList alwaysVisible aria-label={label}>
          {groups.map((group) => (
            <ComboboxGroup key={group.label}>
              <ComboboxGroupLabel>{group.label}</ComboboxGroupLabel>
              {group.options.map((option) => (
                <ComboboxItem
                  key={option.id}
                  hideOnClick={false}
                  setValueOnClick={false}
                  focusOnHover
                  onClick={() => onChosen(option)}
                >
                  {option.label}
                  {option.hint ? <small className="soft">{option.hint}</small> : null}
                </ComboboxItem>
              ))}
            </ComboboxGroup>
          ))}
        </ComboboxList>
        <p role="status" className={groups.length > 0 ? "hidden" : "soft"}>
          {found}
        </p>
      </div>
    </ComboboxProvider>
  );
}
