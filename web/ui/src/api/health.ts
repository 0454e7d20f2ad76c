import { createClient } from '@connectrpc/connect';

import { FormService, HealthService } from './menshen/v1/health_pb';
import { transport } from './transport';

export const healthApi = createClient(HealthService, transport);
export const formsApi = createClient(FormService, transport);
