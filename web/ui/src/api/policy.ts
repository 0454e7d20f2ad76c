import { createClient } from '@connectrpc/connect';

import { PolicyService } from './menshen/v1/policy_pb';
import { transport } from './transport';

export const policyApi = createClient(PolicyService, transport);
