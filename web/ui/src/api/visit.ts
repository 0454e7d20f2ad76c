import { createClient } from '@connectrpc/connect';

import { VisitService } from './menshen/v1/visit_pb';
import { transport } from './transport';

export const visitsApi = createClient(VisitService, transport);
