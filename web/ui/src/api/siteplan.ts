import { createClient } from '@connectrpc/connect';

import { SitePlanService } from './menshen/v1/siteplan_pb';
import { bytesTransport } from './transport';

export const plansApi = createClient(SitePlanService, bytesTransport);
