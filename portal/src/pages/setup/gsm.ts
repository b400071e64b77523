// Which characters make a text leave in UCS-2, with 70 to a segment in place of 160. The API counts; this only names them.
// 3GPP TS 23.038 section 6.2.1: the GSM 7-bit default alphabet and its extension.
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';
const KNOWN = new Set(BASIC + EXTENSION);

/** Each character that is in neither, once, in the order in which they come. */
export const foreign = (text: string): string[] => [...new Set(text)].filter((character) => !KNOWN.has(character));
