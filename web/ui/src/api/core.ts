import { createClient } from '@connectrpc/connect';

import { CalibrationService, PassService, PersonService, SiteService, TemplateService, TracingService } from './menshen/v1/api_pb';
import { bytesTransport, transport } from './transport';

export const siteApi = createClient(SiteService, transport);
export const passesApi = createClient(PassService, transport);
export const peopleApi = createClient(PersonService, transport);
export const photosApi = createClient(PersonService, bytesTransport);
export const calibrationApi = createClient(CalibrationService, transport);
export const templatesApi = createClient(TemplateService, transport);
export const tracingApi = createClient(TracingService, transport);
