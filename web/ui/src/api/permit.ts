import { createClient } from '@connectrpc/connect';

import { CredentialService, PermitService } from './menshen/v1/permit_pb';
import { transport } from './transport';

export const permitsApi = createClient(PermitService, transport);
export const credentialsApi = createClient(CredentialService, transport);
