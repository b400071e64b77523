import { useEffect, useRef } from 'preact/hooks';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { useConnections } from '../../words/connections';
import type { Field } from './entries';
import { useFieldWords } from './fieldWords';
import type { Overtaken } from './useSaving';

interface Props {
  readonly overtaken: Overtaken;
  /** What the person has changed in the form. */
  readonly changed: readonly Field[];
  /** Goes on from the newest; `keep`: with what was typed on top of it. */
  readonly onTake: (keep: boolean) => void;
}

/** Somebody else has saved meanwhile: what, and how to go on. Nothing that was typed is lost before one says so. */
export function OvertakenNote({ overtaken, changed, onTake }: Props) {
  const w = useConnections();
  const words = useFieldWords();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => frame.current?.querySelector('button')?.focus(), []);
  const both = (field: string) => (changed as readonly string[]).includes(field);
  return (
    <div ref={frame}>
      <Banner
        tone="warning"
        live
        title={w('overtaken.title')}
        actions={
          <>
            <Button small onClick={() => onTake(true)}>
              {w('overtaken.keep')}
            </Button>
            <Button small onClick={() => onTake(false)}>
              {w('overtaken.load')}
            </Button>
          </>
        }
      >
        <p>{w('overtaken.text')}</p>
        <ul class="connections-overtaken">
          {overtaken.fields.map((field) => {
            const value = words.value(field, overtaken.newest);
            return (
              <li key={field}>
                <strong>{words.name(field)}</strong>
                {value && ` · ${w('overtaken.now', { value })}`}
                {both(field) && ` · ${w('overtaken.both')}`}
              </li>
            );
          })}
        </ul>
      </Banner>
    </div>
  );
}
