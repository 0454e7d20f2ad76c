import { createClient } from '@connectrpc/connect';

import { ConsentService, EnrolmentService } from './menshen/v1/enrolment_pb';
import { bytesTransport, transport } from './transport';

export const enrolmentApi = createClient(EnrolmentService, bytesTransport);
export const consentsApi = createClient(ConsentService, transport);
