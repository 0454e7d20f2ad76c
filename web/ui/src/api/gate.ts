import { createClient } from '@connectrpc/connect';

import { GateService, GuardService } from './menshen/v1/gate_pb';
import { transport } from './transport';

export const gatesApi = createClient(GateService, transport);
export const guardApi = createClient(GuardService, transport);
