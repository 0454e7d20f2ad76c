package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// accountDoor is what the services of accounts share.
type accountDoor struct {
	accounts Accounts
	outside  Outside
	recorder recorder
	overview Overview
	front    Front
	base     func() string // the address of the pages
	now      func() time.Time
	log      *slog.Logger
}

// note writes to the audit log what somebody did who is not yet, or no longer, known as the caller.
func (d accountDoor) note(ctx context.Context, actor, action, subject string, detail map[string]any) error {
	all := map[string]any{"remote": callerOf(ctx).remote, "request": requestID(ctx)}
	for k, v := range detail {
		all[k] = v
	}
	return d.recorder.write(ctx, actor, action, subject, "", all)
}

// originOf gives the origin that a browser calls from: security keys are bound to it. That it is ours is checked before.
func (d accountDoor) originOf(h http.Header) string {
	if o := h.Get("Origin"); o != "" {
		return o
	}
	return d.base()
}

func roleToWire(r menshen.AccountRole) menshenv1.Role {
	switch r {
	case menshen.AccountGuard:
		return menshenv1.Role_ROLE_GUARD
	case menshen.AccountOffice:
		return menshenv1.Role_ROLE_OFFICE
	case menshen.AccountInvestigator:
		return menshenv1.Role_ROLE_INVESTIGATOR
	case menshen.AccountApprover:
		return menshenv1.Role_ROLE_APPROVER
	case menshen.AccountOperator:
		return menshenv1.Role_ROLE_OPERATOR
	case menshen.AccountAuditor:
		return menshenv1.Role_ROLE_AUDITOR
	}
	return menshenv1.Role_ROLE_UNSPECIFIED
}

func rolesFromWire(in []menshenv1.Role) (out []menshen.AccountRole) {
	names := map[menshenv1.Role]menshen.AccountRole{
		menshenv1.Role_ROLE_GUARD: menshen.AccountGuard, menshenv1.Role_ROLE_OFFICE: menshen.AccountOffice, menshenv1.Role_ROLE_INVESTIGATOR: menshen.AccountInvestigator,
		menshenv1.Role_ROLE_APPROVER: menshen.AccountApprover, menshenv1.Role_ROLE_OPERATOR: menshen.AccountOperator, menshenv1.Role_ROLE_AUDITOR: menshen.AccountAuditor,
	}
	for _, r := range in {
		out = append(out, names[r]) // an unknown one is refused by its emptiness
	}
	return out
}

func (d accountDoor) view(ctx context.Context, a menshen.Account) (*menshenv1.Account, error) {
	factors, err := d.accounts.Factors(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	v := &menshenv1.Account{
		Id: a.ID, Name: a.Name, Shown: a.Shown, Disabled: a.Disabled, Invited: a.Password == "" && a.SignedIn.IsZero(), SecondFactor: len(factors) > 0, CreatedAt: timestamppb.New(a.Created),
	}
	for _, r := range a.Roles {
		v.Roles = append(v.Roles, roleToWire(r))
	}
	if !a.SignedIn.IsZero() {
		v.SignedInAt = timestamppb.New(a.SignedIn)
	}
	return v, nil
}

// nobody is the answer where nobody is signed in.
func (d accountDoor) nobody(ctx context.Context) (*menshenv1.GetSessionResponse, error) {
	empty, err := d.accounts.Empty(ctx)
	if err != nil {
		return nil, err
	}
	site, err := d.overview.Site(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetSessionResponse{Step: menshenv1.SignInStep_SIGN_IN_STEP_PASSWORD, Site: site.Name.In("zh"), SiteEn: site.Name.In("en")}
	if d.outside != nil {
		res.OidcName = d.outside.Name()
	}
	if empty {
		res.Step = menshenv1.SignInStep_SIGN_IN_STEP_SET_UP
	}
	return res, nil
}

func (d accountDoor) session(ctx context.Context, a menshen.Account, s menshen.AccountSession) (*menshenv1.GetSessionResponse, error) {
	res, err := d.nobody(ctx)
	if err != nil {
		return nil, err
	}
	if res.Account, err = d.view(ctx, a); err != nil {
		return nil, err
	}
	factors, err := d.accounts.Factors(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range factors {
		res.CodeFactor = res.CodeFactor || f.Kind == "code"
		res.KeyFactor = res.KeyFactor || f.Kind == "key"
	}
	res.EndsAt = timestamppb.New(d.accounts.EndsAt(a, s))
	switch {
	case s.Done:
		site, err := d.overview.Site(ctx)
		if err != nil {
			return nil, err
		}
		res.Step, res.Version, res.Simulated = menshenv1.SignInStep_SIGN_IN_STEP_DONE, d.front.Version, d.front.Simulated
		if site.Location != nil {
			res.TimeZone = site.Location.String()
		}
	case len(factors) > 0:
		res.Step = menshenv1.SignInStep_SIGN_IN_STEP_SECOND_FACTOR
	default:
		res.Step = menshenv1.SignInStep_SIGN_IN_STEP_ADD_SECOND_FACTOR
	}
	return res, nil
}

// signInService is for whoever is not signed in yet, or not wholly.
type signInService struct{ accountDoor }

// whose gives the session of a call.
func (s signInService) whose(ctx context.Context, h http.Header) (menshen.Account, menshen.AccountSession, error) {
	a, session, found, err := s.accounts.Session(ctx, secretOf(h), useOf(h))
	if err == nil && !found {
		err = newError(connect.CodeUnauthenticated, menshen.CodeDenied, "the session has ended", "sign in again")
	}
	return a, session, err
}

func (s signInService) GetSession(ctx context.Context, req *connect.Request[menshenv1.GetSessionRequest]) (*connect.Response[menshenv1.GetSessionResponse], error) {
	a, session, found, err := s.accounts.Session(ctx, secretOf(req.Header()), useOf(req.Header()))
	if err != nil {
		return nil, err
	}
	if !found {
		res, err := s.nobody(ctx)
		return connect.NewResponse(res), err
	}
	res, err := s.session(ctx, a, session)
	return connect.NewResponse(res), err
}

// begun records that a session began, and answers with it and its cookies. Where it cannot be recorded, it ends. A browser is
// known once a session in it is complete.
func (s signInService) begun(ctx context.Context, h http.Header, action string, a menshen.Account, session menshen.AccountSession, secret string) (*menshenv1.GetSessionResponse, []*http.Cookie, error) {
	if err := s.note(ctx, a.Actor(), action, a.ID, map[string]any{"session": session.ID, "complete": session.Done}); err != nil {
		_ = s.accounts.End(ctx, session.ID) // nobody has its secret
		return nil, nil, err
	}
	cookies := []*http.Cookie{cookieOf(secret)}
	if mark := s.accounts.Known(a, markOf(h)); session.Done && mark != "" {
		cookies = append(cookies, markCookie(mark))
	}
	res, err := s.session(ctx, a, session)
	return res, cookies, err
}

// setCookies puts cookies into the header of an answer.
func setCookies(h http.Header, cookies []*http.Cookie) {
	for _, c := range cookies {
		h.Add("Set-Cookie", c.String())
	}
}

const maxDevice = 300

func device(h http.Header) string {
	d := h.Get("User-Agent")
	return d[:min(len(d), maxDevice)]
}

func (s signInService) SetUp(ctx context.Context, req *connect.Request[menshenv1.SetUpRequest]) (*connect.Response[menshenv1.SetUpResponse], error) {
	m := req.Msg
	a, session, secret, err := s.accounts.SetUp(ctx, m.Code, m.Name, m.Shown, m.Password, device(req.Header()), callerOf(ctx).remote)
	if err != nil {
		return nil, s.failed(ctx, "account.set_up_failed", m.Name, err)
	}
	view, cookies, err := s.begun(ctx, req.Header(), "account.set_up", a, session, secret)
	if err != nil {
		return nil, err
	}
	res := connect.NewResponse(&menshenv1.SetUpResponse{Session: view})
	setCookies(res.Header(), cookies)
	return res, nil
}

// failed records a refused try. The name is cut: anybody can send anything.
func (s signInService) failed(ctx context.Context, action, name string, err error) error {
	if code := menshen.ErrorCode(err); code != menshen.CodeDenied && code != menshen.CodeNotFound {
		return err
	}
	name = strings.ToValidUTF8(name[:min(len(name), maxAsked)], "")
	return cmp.Or(s.note(ctx, "nobody", action, name, nil), err)
}

func (s signInService) SignIn(ctx context.Context, req *connect.Request[menshenv1.SignInRequest]) (*connect.Response[menshenv1.SignInResponse], error) {
	a, session, secret, err := s.accounts.SignIn(ctx, req.Msg.Name, req.Msg.Password, markOf(req.Header()), device(req.Header()), callerOf(ctx).remote)
	if err != nil {
		return nil, s.failed(ctx, "account.sign_in_failed", req.Msg.Name, err)
	}
	view, cookies, err := s.begun(ctx, req.Header(), "account.sign_in", a, session, secret)
	if err != nil {
		return nil, err
	}
	res := connect.NewResponse(&menshenv1.SignInResponse{Session: view})
	setCookies(res.Header(), cookies)
	return res, nil
}

func (s signInService) AcceptInvitation(ctx context.Context, req *connect.Request[menshenv1.AcceptInvitationRequest]) (*connect.Response[menshenv1.AcceptInvitationResponse], error) {
	a, session, secret, err := s.accounts.Accept(ctx, req.Msg.Code, req.Msg.Password, device(req.Header()), callerOf(ctx).remote)
	if err != nil {
		return nil, s.failed(ctx, "account.accept_failed", "", err)
	}
	view, cookies, err := s.begun(ctx, req.Header(), "account.accept", a, session, secret)
	if err != nil {
		return nil, err
	}
	res := connect.NewResponse(&menshenv1.AcceptInvitationResponse{Session: view})
	setCookies(res.Header(), cookies)
	return res, nil
}

func (s signInService) SignOut(ctx context.Context, req *connect.Request[menshenv1.SignOutRequest]) (*connect.Response[menshenv1.SignOutResponse], error) {
	a, session, found, err := s.accounts.Session(ctx, secretOf(req.Header()), useOf(req.Header()))
	if err != nil {
		return nil, err
	}
	if found {
		if err := s.accounts.End(ctx, session.ID); err != nil {
			return nil, err
		}
		if err := s.note(ctx, a.Actor(), "account.sign_out", a.ID, map[string]any{"session": session.ID}); err != nil {
			return nil, err
		}
	}
	res := connect.NewResponse(&menshenv1.SignOutResponse{})
	res.Header().Add("Set-Cookie", cookieOf("").String())
	return res, nil
}

func (s signInService) AnswerCode(ctx context.Context, req *connect.Request[menshenv1.AnswerCodeRequest]) (*connect.Response[menshenv1.AnswerCodeResponse], error) {
	a, session, err := s.whose(ctx, req.Header())
	if err != nil {
		return nil, err
	}
	session, secret, err := s.accounts.AnswerCode(ctx, a, session, req.Msg.Code)
	if err != nil {
		return nil, s.failed(ctx, "account.second_factor_failed", a.Name, err)
	}
	view, cookies, err := s.begun(ctx, req.Header(), "account.second_factor", a, session, secret)
	if err != nil {
		return nil, err
	}
	res := connect.NewResponse(&menshenv1.AnswerCodeResponse{Session: view})
	setCookies(res.Header(), cookies)
	return res, nil
}

func (s signInService) BeginKey(ctx context.Context, req *connect.Request[menshenv1.BeginKeyRequest]) (*connect.Response[menshenv1.BeginKeyResponse], error) {
	a, session, err := s.whose(ctx, req.Header())
	if err != nil {
		return nil, err
	}
	options, err := s.accounts.BeginKey(ctx, a, session, s.originOf(req.Header()))
	return connect.NewResponse(&menshenv1.BeginKeyResponse{OptionsJson: options}), err
}

func (s signInService) AnswerKey(ctx context.Context, req *connect.Request[menshenv1.AnswerKeyRequest]) (*connect.Response[menshenv1.AnswerKeyResponse], error) {
	a, session, err := s.whose(ctx, req.Header())
	if err != nil {
		return nil, err
	}
	session, secret, err := s.accounts.AnswerKey(ctx, a, session, s.originOf(req.Header()), req.Msg.AnswerJson)
	if err != nil {
		return nil, s.failed(ctx, "account.second_factor_failed", a.Name, err)
	}
	view, cookies, err := s.begun(ctx, req.Header(), "account.second_factor", a, session, secret)
	if err != nil {
		return nil, err
	}
	res := connect.NewResponse(&menshenv1.AnswerKeyResponse{Session: view})
	setCookies(res.Header(), cookies)
	return res, nil
}
