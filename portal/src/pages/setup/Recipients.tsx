import { useMemo } from 'preact/hooks';
import { Checkbox } from '../../ui/Choices';
import { Select } from '../../ui/Select';
import { useFormat } from '../../words/format';
import { locale } from '../../words/language';
import { useSetup } from '../../words/setup';
import { countries } from './countries';
import type { Field, Rules, Setter } from './draft';
import { SPOKEN, SPOKEN_HERE, type Spoken } from './spoken';

interface Props {
  readonly rules: Rules;
  readonly set: Setter;
  readonly errorOf: (field: Field) => string | undefined;
}

/** In which language, and to which numbers. */
export function Recipients({ rules, set, errorOf }: Props) {
  const w = useSetup();
  const format = useFormat();
  const codes = useMemo(() => countries(rules.region, format.country, locale()), [rules.region, format]);
  return (
    <div class="form">
      <div class="form-columns">
        <Select
          label={w('language')}
          hint={w('language.hint')}
          error={errorOf('language')}
          value={rules.language as Spoken}
          options={SPOKEN_HERE.map((value) => ({ value, label: SPOKEN[value] }))}
          onChange={(language) => set({ language })}
        />
        <Select
          label={w('region')}
          hint={w('region.hint')}
          error={errorOf('region')}
          value={rules.region}
          options={codes.map((value) => ({ value, label: format.country(value) }))}
          onChange={(region) => set({ region })}
        />
      </div>
      <Checkbox
        label={w('landlines')}
        hint={w('landlines.hint')}
        error={errorOf('landlines')}
        checked={rules.landlines}
        onChange={(landlines) => set({ landlines })}
      />
    </div>
  );
}
