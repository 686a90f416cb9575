/** Splits a line of CSV into fields (RFC 4180, without line breaks inside fields). */
export function splitCsvLine(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',').map((field) => field.trim());
  const fields = line.match(/("([^"]|"")*"|[^,"]*)(,|$)/g) ?? [];
  return fields
    .slice(0, line.endsWith(',') ? undefined : -1)
    .map((field) => field.replace(/,$/, '').trim())
    .map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}
