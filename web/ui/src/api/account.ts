import { createClient } from '@connectrpc/connect';

import { AccountService, AuditService, SignInService } from './menshen/v1/account_pb';
import { transport } from './transport';

export const signInApi = createClient(SignInService, transport);
export const accountApi = createClient(AccountService, transport);
export const auditApi = createClient(AuditService, transport);
