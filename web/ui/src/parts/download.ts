/** Gives the user a file. */
export function download(name: string, data: BlobPart, type: string) {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Gives the user a table that spreadsheet programs open as UTF-8. */
export function downloadTable(name: string, text: string) {
  download(name, `\uFEFF${text}`, 'text/csv;charset=utf-8');
}
