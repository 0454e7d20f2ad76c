// Tables as they come from spreadsheets, by the clipboard or as text files, and as CSV.

/** The cells of a text: separated by tabs, as the clipboard has them, or by semicolons or commas. Blank rows are left out. */
export function parseTable(text: string): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell.replace(/\s*\n\s*/g, ' ').trim());
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.some(Boolean)) rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell.trim() === '' && closes(text, i, separator)) {
      quoted = true;
      cell = '';
    } else if (c === separator) endCell();
    else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i++;
      endRow();
    } else cell += c;
  }
  endRow();
  return rows;
}

/** Whether a quotation mark at the beginning of a cell has its counterpart at an end of a cell: else it is just a sign. */
function closes(text: string, from: number, separator: string): boolean {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    const next = text[at + 1];
    if (next === '"') at++;
    else return next === undefined || next === separator || next === '\n' || next === '\r';
  }
  return false;
}

function separatorOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const count = (sign: string) => head.split(sign).length;
  return [',', '\t', ';'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** Rows as CSV, each in one line. */
export function toCSV(rows: string[][]): string {
  return rows.map((row) => row.map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')).join('\r\n') + '\r\n';
}

/** Cells that a spreadsheet program would take for a formula begin with an apostrophe. */
export function harmless(rows: string[][]): string[][] {
  return rows.map((row) => row.map((cell) => (/^[=+\-@\t]/.test(cell) && !/^[+-]?[\d\s-]+$/.test(cell) ? `'${cell}` : cell)));
}

/** The text of a file that a spreadsheet program wrote: UTF-8, UTF-16, else GBK. */
export function textOf(data: Uint8Array): string {
  const mark = (a: number, b: number) => data[0] === a && data[1] === b;
  if (mark(0xff, 0xfe)) return new TextDecoder('utf-16le').decode(data);
  if (mark(0xfe, 0xff)) return new TextDecoder('utf-16be').decode(data);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return new TextDecoder('gb18030').decode(data);
  }
}
