import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';

import { siteApi } from '../../api/core';
import { plansApi } from '../../api/siteplan';
import type { Gate, Zone } from '../../api/menshen/v1/api_pb';
import type { PlanPlace, SitePlan } from '../../api/menshen/v1/siteplan_pb';
import { inLanguage, useLanguage } from '../../language';
import { sketch, sketchAspect, type Spot } from './sketch';

export interface Drawn {
  zones: Map<string, Spot>;
  gates: Map<string, Spot>;
  aspect: number;
  picture?: string; // its address
}

export interface PlanNames {
  zones: Zone[];
  gates: Gate[];
  zone: (id: string) => string;
  /** The name of a zone within the one around it: without its name. */
  short: (id: string) => string;
  gate: (id: string) => string;
}

export const planKey = ['plans', 'getSitePlan'];

/** The plan of the site as it is kept, its picture, and the names on it. */
export function usePlan() {
  const { language } = useLanguage();
  const site = useQuery({ queryKey: ['site', 'getSite'], queryFn: () => siteApi.getSite({}), staleTime: 300_000 });
  const plan = useQuery({ queryKey: planKey, queryFn: () => plansApi.getSitePlan({}), staleTime: 60_000 });
  const picture = usePicture(plan.data?.plan?.picture?.id);
  const names = useMemo<PlanNames>(() => {
    const zones = site.data?.site?.zones ?? [];
    const gates = site.data?.site?.gates ?? [];
    const zoneNames = new Map(zones.map((z) => [z.id, inLanguage(z.name, language) || z.id]));
    const gateNames = new Map(gates.map((g) => [g.id, inLanguage(g.name, language) || g.id]));
    const parents = new Map(zones.map((z) => [z.id, z.parent]));
    return { zones, gates, zone: (id) => zoneNames.get(id) ?? id, short: (id) => within(zoneNames.get(id) ?? id, zoneNames.get(parents.get(id) ?? '')), gate: (id) => gateNames.get(id) ?? id };
  }, [site.data, language]);
  return {
    names,
    plan: plan.data?.plan,
    history: plan.data?.history ?? [],
    picture,
    /** Whether all but the picture is there. */
    known: site.data !== undefined && plan.data !== undefined,
    ready: site.data !== undefined && plan.data !== undefined && !picture.waiting,
    error: site.error ?? plan.error ?? picture.error,
    refetch: () => void Promise.all([site.refetch(), plan.refetch(), picture.error && picture.refetch()]),
  };
}

/** What is drawn: the picture with what was placed on it, or the sketch where nothing was placed otherwise. */
export function drawnOf(plan: SitePlan | undefined, places: PlanPlace[], names: PlanNames, picture: { url?: string; aspect?: number }): Drawn {
  const made = plan?.picture ? { zones: new Map<string, Spot>(), gates: new Map<string, Spot>() } : sketch(names.zones, names.gates);
  const zones = new Map(made.zones);
  const gates = new Map(made.gates);
  for (const place of places) {
    const spot = { x: place.x, y: place.y, width: place.width, height: place.height };
    if (place.gate) gates.set(place.gate, spot);
    else zones.set(place.zone, spot);
  }
  return { zones, gates, aspect: plan?.picture ? (picture.aspect ?? sketchAspect) : sketchAspect, picture: picture.url };
}

/** The address of a picture in this page, and its shape as the browser shows it: a photograph may lie on its side. */
function usePicture(id: string | undefined) {
  const found = useQuery({ queryKey: ['plans', 'getPlanPicture', id], queryFn: () => plansApi.getPlanPicture({ id: id! }), enabled: Boolean(id), staleTime: Infinity, gcTime: 60_000 });
  const data = id ? found.data : undefined;
  const [shown, setShown] = useState<{ id: string; url: string; aspect: number }>();
  useEffect(() => {
    if (!id || !data) return;
    const url = URL.createObjectURL(new Blob([data.data.slice()], { type: data.picture?.type }));
    const image = new Image();
    let left = false;
    image.onload = () => !left && setShown({ id, url, aspect: image.naturalWidth / image.naturalHeight });
    image.src = url;
    return () => {
      left = true;
      URL.revokeObjectURL(url);
    };
  }, [id, data]);
  const current = shown && shown.id === id ? shown : undefined;
  return { url: current?.url, aspect: current?.aspect, waiting: Boolean(id) && !current && !found.error, error: found.error, refetch: found.refetch };
}

function within(name: string, around: string | undefined): string {
  return around && name.startsWith(around) ? name.slice(around.length).replace(/^[\s,，·-]+/, '') || name : name;
}
