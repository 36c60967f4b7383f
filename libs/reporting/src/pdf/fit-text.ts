/** What is needed to know how wide a text is. */
export interface TextMeasure {
  measureText(text: string): { readonly width: number };
}

/** The text, cut with an ellipsis where it is wider than there is room. */
export function fitText(context: TextMeasure, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const letters = [...text];
  let [fits, fails] = [0, letters.length];
  while (fails - fits > 1) {
    const middle = (fits + fails) >> 1;
    if (context.measureText(`${letters.slice(0, middle).join('')}…`).width <= width) fits = middle;
    else fails = middle;
  }
  return `${letters.slice(0, fits).join('').trimEnd()}…`;
}

/** Between these characters a line may end without a blank; a stop or comma stays with the one before it. */
const IDEOGRAPH = /(?<=[\u2e80-\u9fff\uff00-\uffef])(?=[\u4e00-\u9fff])/u;

/** The text in lines that fit; a word wider than a line is cut. */
export function wrapText(context: TextMeasure, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const { word, blank } of words(text)) {
    const longer = line === '' ? word : `${line}${blank}${word}`;
    if (line !== '' && context.measureText(longer).width > width) {
      lines.push(fitText(context, line, width));
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, fitText(context, line, width)];
}

/** The parts between which a line may end, each with what stands before it. */
function words(text: string): { word: string; blank: '' | ' ' }[] {
  return text
    .split(/\s+/)
    .filter((one) => one !== '')
    .flatMap((one) =>
      one.split(IDEOGRAPH).map((word, n) => ({ word, blank: n === 0 ? (' ' as const) : ('' as const) })),
    );
}
