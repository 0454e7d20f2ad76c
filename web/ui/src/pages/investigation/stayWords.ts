import type { Stay } from '../../api/menshen/v1/api_pb';
import type { Texts } from '../../language';
import { millis, spanOf } from '../../parts/clock';
import type { SiteNames } from '../../parts/site';

/** A stay as one says it: where, from when to when, how long, and what of it is a guess. */
export function stayWords(s: Stay, site: SiteNames, t: Texts['investigation']): string {
  const bound = (written: string, observed: boolean) => (observed ? written : t.guessed(written));
  const to = s.open ? t.still : bound(site.clock.minute(s.to), s.toObserved);
  const long = s.open ? '' : spanOf(millis(s.to) - millis(s.from), t.spans);
  return t.stay(site.zone(s.zone), bound(site.clock.minute(s.from), s.fromObserved), to, long);
}
