// Who is meant by a list that somebody typed or pasted: names, rooms, or both.
import type { PersonView } from '../../../api/menshen/v1/api_pb';

export interface Unmatched {
  line: string;
  why: 'nobody' | 'many';
}

/** A room as the registry writes it: full-width signs and spaces of spreadsheets do not matter. */
function narrow(text: string): string {
  return text.normalize('NFKC').replace(/[–—－]/g, '-').trim();
}

/** Everybody of a building or unit, such as 3 or 3-2; 3 is not 13. */
export function ofBuilding(people: PersonView[], text: string): PersonView[] {
  const prefix = narrow(text).replace(/[号栋幢楼座单元]+/g, '').replace(/-+$/, '');
  if (!prefix) return [];
  return people.filter((p) => p.dwelling === prefix || p.dwelling.startsWith(`${prefix}-`));
}

/** The people of a list, each once and in its order, and the lines that mean nobody or several. */
export function ofList(people: PersonView[], text: string): { found: PersonView[]; unmatched: Unmatched[] } {
  const byName = index(people, (p) => p.name.toLowerCase());
  const byRoom = index(people, (p) => p.dwelling);
  const byId = index(people, (p) => p.id);
  const found = new Map<string, PersonView>();
  const unmatched: Unmatched[] = [];
  for (const line of text.split(/\r?\n/).map(narrow).filter(Boolean)) {
    const cells = line.split(/[\t,;，；、]+|\s{2,}/).map((cell) => cell.trim()).filter(Boolean);
    const whole = [line, ...cells];
    const words = [...whole, ...line.split(/\s+/)];
    const room = words.find((word) => byRoom.has(word) && word !== '');
    const names = [...new Set(words.filter((word) => byName.has(word.toLowerCase())).map((word) => word.toLowerCase()))];
    let these = byId.get(line) ?? [];
    if (these.length === 0 && names.length > 0) these = names.flatMap((name) => byName.get(name)!).filter((p) => !room || p.dwelling === room);
    // A room with somebody's name that nobody there bears is a mistake, not the whole household.
    else if (these.length === 0 && room && !/\p{L}/u.test(line.replace(room, ''))) these = byRoom.get(room)!;
    if (these.length === 0) unmatched.push({ line, why: 'nobody' });
    else if (names.length > 0 && these.length > 1) unmatched.push({ line, why: 'many' });
    else for (const p of these) found.set(p.id, p);
  }
  return { found: [...found.values()], unmatched };
}

function index(people: PersonView[], key: (p: PersonView) => string): Map<string, PersonView[]> {
  const all = new Map<string, PersonView[]>();
  for (const p of people) all.set(key(p), [...(all.get(key(p)) ?? []), p]);
  return all;
}
