import { createClient } from '@connectrpc/connect';

import { ConsoleService } from './menshen/v1/console_pb';
import { bytesTransport, transport } from './transport';

export const consoleApi = createClient(ConsoleService, transport);
export const framesApi = createClient(ConsoleService, bytesTransport);
