// ISO 3166-1 alpha-2: the countries whose phone numbers may come without a code. Their names are the browser's.
const CODES =
  'AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF ' +
  'CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF ' +
  'GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP ' +
  'KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA ' +
  'NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI ' +
  'SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN ' +
  'VU WF WS YE YT ZA ZM ZW';
/** Where numbers for texts can be had today, first. */
const FIRST = ['US', 'CA'];

/** Codes in the order of their names: the usual ones, then all others; `also` is among them in any case. */
export function countries(also: string, nameOf: (code: string) => string, tag: string): string[] {
  const rest = new Set([...CODES.split(' '), also].filter((code) => code && !FIRST.includes(code)));
  const order = new Intl.Collator(tag);
  return [...FIRST, ...[...rest].sort((one, other) => order.compare(nameOf(one), nameOf(other)))];
}
