import { createClient } from '@connectrpc/connect';

import { CaseService, TracingPolicyService } from './menshen/v1/case_pb';
import { transport } from './transport';

export const casesApi = createClient(CaseService, transport);
export const tracingPoliciesApi = createClient(TracingPolicyService, transport);
