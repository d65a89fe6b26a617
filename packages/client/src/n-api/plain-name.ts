/** What each of these letters becomes. */
const PLAIN: Record<string, string> = {
  àáâãäå: 'a',
  æ: 'ae',
  ç: 'c',
  èéêë: 'e',
  ìíîï: 'i',
  ñ: 'n',
  òóôõö: 'o',
  œ: 'oe',
  ùúûűü: 'u',
  ýÿ: 'y',
};

const LETTERS = new Map(
  Object.entries(PLAIN).flatMap(([letters, plain]) =>
    Array.from(letters, (letter) => [letter, plain] as const),
  ),
);

/** A user name as Licode's client sends it: the same person must have the same name as before. */
export function plainName(name: string): string {
  return Array.from(String(name).toLowerCase(), (letter) => LETTERS.get(letter) ?? letter).join('');
}
