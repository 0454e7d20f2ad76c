import { createClient } from '@connectrpc/connect';

import { StatisticsService } from './menshen/v1/statistics_pb';
import { transport } from './transport';

export const statisticsApi = createClient(StatisticsService, transport);
