// The typed clients of Menshen's API. Every call goes to this server, with the session's cookie, and in the language of the
// page, so that what the server says of an error can be shown as it is.
import { createClient, type Interceptor } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';

import type { Language } from '../language';
import { AccountService, AuditService, SignInService } from './menshen/v1/account_pb';
import { CalibrationService, PassService, PersonService, SiteService, TemplateService, TracingService } from './menshen/v1/api_pb';
import { CameraService } from './menshen/v1/camera_pb';
import { CaseService, TracingPolicyService } from './menshen/v1/case_pb';
import { ConsoleService } from './menshen/v1/console_pb';
import { ConsentService, EnrolmentService } from './menshen/v1/enrolment_pb';
import { GateService, GuardService } from './menshen/v1/gate_pb';
import { FormService, HealthService } from './menshen/v1/health_pb';
import { CredentialService, PermitService } from './menshen/v1/permit_pb';
import { OperationService } from './menshen/v1/operation_pb';
import { PolicyService } from './menshen/v1/policy_pb';
import { RegistryService } from './menshen/v1/registry_pb';
import { SitePlanService } from './menshen/v1/siteplan_pb';
import { StatisticsService } from './menshen/v1/statistics_pb';
import { VisitService } from './menshen/v1/visit_pb';

let language: Language = 'zh-CN';

/** Sets the language that the server's errors are in: a BCP 47 tag. */
export function setAnswerLanguage(tag: Language) {
  language = tag;
}

const inLanguage: Interceptor = (next) => (request) => {
  request.header.set('Accept-Language', language);
  return next(request);
};

// Pages ask by themselves; where nobody is before one, that must not keep a session.
const untouched = 5 * 60_000;
let touched = Date.now();
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) addEventListener(kind, () => (touched = Date.now()), { capture: true, passive: true });

const byNobody: Interceptor = (next) => (request) => {
  if (Date.now() - touched > untouched) request.header.set('Menshen-Unused', 'yes');
  return next(request);
};

/** The language that was set. */
export function answerLanguage(): Language {
  return language;
}

export const transport = createConnectTransport({ baseUrl: location.origin, interceptors: [inLanguage, byNobody] });

/** Pictures travel as bytes, not as text. */
const binary = createConnectTransport({ baseUrl: location.origin, useBinaryFormat: true, interceptors: [inLanguage] });

export const api = {
  signIn: createClient(SignInService, transport),
  account: createClient(AccountService, transport),
  audit: createClient(AuditService, transport),
  site: createClient(SiteService, transport),
  passes: createClient(PassService, transport),
  people: createClient(PersonService, transport),
  photos: createClient(PersonService, binary),
  enrolment: createClient(EnrolmentService, binary),
  consents: createClient(ConsentService, transport),
  calibration: createClient(CalibrationService, transport),
  cameras: createClient(CameraService, transport),
  templates: createClient(TemplateService, transport),
  tracing: createClient(TracingService, transport),
  cases: createClient(CaseService, transport),
  tracingPolicies: createClient(TracingPolicyService, transport),
  gates: createClient(GateService, transport),
  guard: createClient(GuardService, transport),
  console: createClient(ConsoleService, transport),
  /** Frames travel as bytes, not as text. */
  frames: createClient(ConsoleService, createConnectTransport({ baseUrl: location.origin, useBinaryFormat: true, interceptors: [inLanguage, byNobody] })),
  health: createClient(HealthService, transport),
  forms: createClient(FormService, transport),
  permits: createClient(PermitService, transport),
  credentials: createClient(CredentialService, transport),
  operation: createClient(OperationService, transport),
  policy: createClient(PolicyService, transport),
  registry: createClient(RegistryService, transport),
  visits: createClient(VisitService, transport),
  statistics: createClient(StatisticsService, transport),
  /** Pictures travel as bytes, not as text. */
  plans: createClient(SitePlanService, createConnectTransport({ baseUrl: location.origin, useBinaryFormat: true, interceptors: [inLanguage] })),
};
