// A field that finds as one types: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ (list, no autocompletion inline).
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../api/problem';
import { useCommon } from '../words/common';
import { Field, type FieldProps } from './Field';
import { useProblemText } from './ProblemNote';
import './combobox.css';

export interface Item {
  readonly value: string;
  readonly label: string;
  /** A second line: user name, job title, offset. */
  readonly detail?: string;
  /** A letter or two before it: initials. */
  readonly mark?: string;
}

interface Props extends FieldProps {
  readonly value: Item | null;
  readonly onChange: (item: Item | null) => void;
  /** What fits the text; it is cut off by the signal when the text changes. */
  readonly search: (text: string, signal: AbortSignal) => Promise<readonly Item[]>;
  readonly placeholder?: string;
  /** Nothing is searched for with less. */
  readonly least?: number;
  readonly disabled?: boolean;
}

const PAUSE_MS = 200;

type Found = { text: string; items: readonly Item[]; trouble?: string };

/** One of many. What is typed and not chosen counts for nothing: leaving the field puts the chosen one back. */
export function Combobox({
  label,
  hint,
  error,
  required,
  value,
  onChange,
  search,
  placeholder,
  least = 1,
  disabled,
}: Props) {
  const t = useCommon();
  const problemText = useProblemText();
  const listId = useId();
  const [text, setText] = useState<string>();
  const [found, setFound] = useState<Found>();
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLDivElement>(null);
  const typing = text !== undefined;
  const items = (typing && found?.text === text && found.items) || [];
  const inWords = (problem: Problem) => {
    const { detail, fix } = problemText(problem);
    return `${detail} ${fix}`;
  };
  const latest = useRef(search);
  latest.current = search;

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts a search
  useEffect(() => {
    if (text === undefined || text.trim().length < least) return;
    const cut = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const next = await latest.current(text.trim(), cut.signal);
        if (!cut.signal.aborted) setFound({ text, items: next });
      } catch (thrown) {
        if (!cut.signal.aborted) setFound({ text, items: [], trouble: inWords(asProblem(thrown)) });
      }
      setActive(-1);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      cut.abort();
    };
  }, [text, least]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  useEffect(() => {
    if (items.length) list.current?.scrollIntoView({ block: 'nearest' });
  }, [items.length]);

  const close = () => {
    setText(undefined);
    setActive(-1);
  };
  const take = (item: Item) => {
    onChange(item);
    close();
  };
  const key = (event: KeyboardEvent) => {
    const last = items.length - 1;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!typing) setText(value?.label ?? '');
      else if (event.key === 'ArrowDown') setActive(active >= last ? 0 : active + 1);
      else setActive(active <= 0 ? last : active - 1);
    } else if (event.key === 'Enter' && typing) {
      event.preventDefault(); // choosing is not sending the form
      const item = items[active] ?? (items.length === 1 ? items[0] : undefined);
      if (item) take(item);
    } else if (event.key === 'Escape' && typing) {
      event.preventDefault(); // closes the list only, not the dialog around it
      event.stopPropagation();
      close();
    }
  };
  const searching = typing && text.trim().length >= least && found?.text !== text;
  const none = typing && found?.text === text && !found.items.length && !found.trouble;
  const said = found?.text === text ? found?.trouble : undefined;
  const status = searching
    ? t('find.searching')
    : none
      ? t('find.none')
      : items.length
        ? t('find.count', { count: items.length })
        : '';

  return (
    <Field label={label} hint={hint} error={said ?? error} {...(required === undefined ? {} : { required })}>
      {(tied) => (
        <div class="combobox">
          <input
            {...tied}
            class="input"
            type="text"
            role="combobox"
            autoComplete="off"
            spellcheck={false}
            aria-autocomplete="list"
            aria-expanded={items.length > 0}
            aria-controls={listId}
            aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
            placeholder={placeholder}
            disabled={disabled}
            value={text ?? value?.label ?? ''}
            onFocus={(event) => event.currentTarget.select()}
            onInput={(event) => {
              setText(event.currentTarget.value);
              if (!event.currentTarget.value && value) onChange(null);
            }}
            onKeyDown={key}
            onBlur={close}
          />
          <div class="combobox-list" id={listId} role="listbox" aria-label={label} ref={list} hidden={!items.length}>
            {items.map((item, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's, as the pattern has it
              // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the input
              <div
                key={item.value}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === active}
                // Before the input loses the focus.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(item)}
              >
                {item.mark && (
                  <span class="combobox-mark" aria-hidden="true">
                    {item.mark}
                  </span>
                )}
                <span>{item.label}</span>
                {item.detail && <span class="combobox-detail">{item.detail}</span>}
              </div>
            ))}
          </div>
          {(searching || none) && <div class="combobox-none">{status}</div>}
          <div class="unseen" role="status">
            {status}
          </div>
        </div>
      )}
    </Field>
  );
}
