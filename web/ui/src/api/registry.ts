import { createClient } from '@connectrpc/connect';

import { RegistryService } from './menshen/v1/registry_pb';
import { transport } from './transport';

export const registryApi = createClient(RegistryService, transport);
