import { createClient } from '@connectrpc/connect';

import { OperationService } from './menshen/v1/operation_pb';
import { transport } from './transport';

export const operationApi = createClient(OperationService, transport);
