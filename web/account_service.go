package web

import (
	"context"
	"encoding/base64"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// accountService is for whoever is signed in; the calls about others are for operators.
type accountService struct{ accountDoor }

// own gives the account of the caller, which a token has not.
func own(ctx context.Context) (menshen.Account, menshen.AccountSession, error) {
	who := callerOf(ctx)
	if who.account.ID == "" {
		return who.account, who.session, menshen.Errorf(menshen.CodeInvalid, "web.account", "this call is about the own account, and a token has none").
			WithHint("sign in to the pages for it")
	}
	return who.account, who.session, nil
}

func (s accountService) BeginCodeFactor(ctx context.Context, _ *connect.Request[menshenv1.BeginCodeFactorRequest]) (*connect.Response[menshenv1.BeginCodeFactorResponse], error) {
	a, _, err := own(ctx)
	if err != nil {
		return nil, err
	}
	site, err := s.overview.Site(ctx)
	if err != nil {
		return nil, err
	}
	secret, uri, png, err := s.accounts.NewCode(a, "Menshen "+site.ID)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.BeginCodeFactorResponse{Secret: secret, Uri: uri, QrPng: "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)}), nil
}

func (s accountService) AddCodeFactor(ctx context.Context, req *connect.Request[menshenv1.AddCodeFactorRequest]) (*connect.Response[menshenv1.AddCodeFactorResponse], error) {
	a, session, err := own(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "account.add_factor", a.ID, "", map[string]any{"kind": "code"}); err != nil {
		return nil, err
	}
	_, secret, err := s.accounts.AddCode(ctx, a, session, req.Msg.Secret, req.Msg.Code)
	if err != nil {
		return nil, err
	}
	res := connect.NewResponse(&menshenv1.AddCodeFactorResponse{})
	res.Header().Add("Set-Cookie", cookieOf(secret).String())
	return res, nil
}

func (s accountService) BeginKeyFactor(ctx context.Context, req *connect.Request[menshenv1.BeginKeyFactorRequest]) (*connect.Response[menshenv1.BeginKeyFactorResponse], error) {
	a, session, err := own(ctx)
	if err != nil {
		return nil, err
	}
	options, err := s.accounts.BeginAddKey(ctx, a, session, s.originOf(req.Header()))
	return connect.NewResponse(&menshenv1.BeginKeyFactorResponse{OptionsJson: options}), err
}

func (s accountService) AddKeyFactor(ctx context.Context, req *connect.Request[menshenv1.AddKeyFactorRequest]) (*connect.Response[menshenv1.AddKeyFactorResponse], error) {
	a, session, err := own(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "account.add_factor", a.ID, "", map[string]any{"kind": "key"}); err != nil {
		return nil, err
	}
	_, secret, err := s.accounts.AddKey(ctx, a, session, s.originOf(req.Header()), req.Msg.Name, req.Msg.AnswerJson)
	if err != nil {
		return nil, err
	}
	res := connect.NewResponse(&menshenv1.AddKeyFactorResponse{})
	res.Header().Add("Set-Cookie", cookieOf(secret).String())
	return res, nil
}

func (s accountService) ListFactors(ctx context.Context, _ *connect.Request[menshenv1.ListFactorsRequest]) (*connect.Response[menshenv1.ListFactorsResponse], error) {
	a, _, err := own(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.accounts.Factors(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListFactorsResponse{}
	for _, f := range all {
		v := &menshenv1.Factor{Id: f.ID, Kind: f.Kind, Name: f.Name, AddedAt: timestamppb.New(f.Added)}
		if !f.Used.IsZero() {
			v.UsedAt = timestamppb.New(f.Used)
		}
		res.Factors = append(res.Factors, v)
	}
	return connect.NewResponse(res), nil
}

func (s accountService) RemoveFactor(ctx context.Context, req *connect.Request[menshenv1.RemoveFactorRequest]) (*connect.Response[menshenv1.RemoveFactorResponse], error) {
	a, session, err := own(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "account.remove_factor", a.ID, "", nil); err != nil {
		return nil, err
	}
	proof := menshen.AccountProof{Password: req.Msg.Password, Code: req.Msg.Code, Key: req.Msg.AnswerJson}
	if err := s.accounts.Prove(ctx, a, session, s.originOf(req.Header()), proof); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RemoveFactorResponse{}), s.accounts.RemoveFactor(ctx, a, req.Msg.Id)
}

func (s accountService) SetPassword(ctx context.Context, req *connect.Request[menshenv1.SetPasswordRequest]) (*connect.Response[menshenv1.SetPasswordResponse], error) {
	a, session, err := own(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "account.set_password", a.ID, "", nil); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.SetPasswordResponse{}), s.accounts.SetPassword(ctx, a, session, req.Msg.Old, req.Msg.New)
}

// mayRun reports whether the caller runs accounts: the terminal, or an account of an operator.
func mayRun(ctx context.Context) bool {
	who := callerOf(ctx)
	return who.role == RoleOperator || who.account.Has(menshen.AccountOperator)
}

func (s accountService) ListSessions(ctx context.Context, req *connect.Request[menshenv1.ListSessionsRequest]) (*connect.Response[menshenv1.ListSessionsResponse], error) {
	id := req.Msg.Account
	if id == "" {
		a, _, err := own(ctx)
		if err != nil {
			return nil, err
		}
		id = a.ID
	} else if id != callerOf(ctx).account.ID {
		if !mayRun(ctx) {
			return nil, menshen.Errorf(menshen.CodeDenied, "web.account", "only operators see the sessions of others").WithHint("ask an operator")
		}
		if err := s.recorder.record(ctx, "account.sessions", id, "", nil); err != nil {
			return nil, err
		}
	}
	all, err := s.accounts.Sessions(ctx, id)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListSessionsResponse{}
	for _, x := range all {
		res.Sessions = append(res.Sessions, &menshenv1.SessionEntry{
			Id: x.ID, Device: x.Device, Address: x.Address, BeganAt: timestamppb.New(x.Began), UsedAt: timestamppb.New(x.Used), Current: x.ID == callerOf(ctx).session.ID,
		})
	}
	return connect.NewResponse(res), nil
}

func (s accountService) EndSession(ctx context.Context, req *connect.Request[menshenv1.EndSessionRequest]) (*connect.Response[menshenv1.EndSessionResponse], error) {
	if req.Msg.Id == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.account", "id: it is empty").WithHint("name the session")
	}
	mine := false
	if id := callerOf(ctx).account.ID; id != "" {
		all, err := s.accounts.Sessions(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			mine = mine || x.ID == req.Msg.Id
		}
	}
	if !mine && !mayRun(ctx) {
		return nil, menshen.Errorf(menshen.CodeNotFound, "web.account", "there is no such session of yours").WithHint("list your sessions anew")
	}
	if err := s.recorder.record(ctx, "account.end_session", req.Msg.Id, "", nil); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.EndSessionResponse{}), s.accounts.End(ctx, req.Msg.Id)
}

func (s accountService) ListAccounts(ctx context.Context, _ *connect.Request[menshenv1.ListAccountsRequest]) (*connect.Response[menshenv1.ListAccountsResponse], error) {
	if err := s.recorder.record(ctx, "accounts.list", "", "", nil); err != nil {
		return nil, err
	}
	all, err := s.accounts.All(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListAccountsResponse{}
	for _, a := range all {
		v, err := s.view(ctx, a)
		if err != nil {
			return nil, err
		}
		res.Accounts = append(res.Accounts, v)
	}
	return connect.NewResponse(res), nil
}

func (s accountService) link(code string) string {
	return s.base() + "/account/invitation?code=" + code
}

func (s accountService) InviteAccount(ctx context.Context, req *connect.Request[menshenv1.InviteAccountRequest]) (*connect.Response[menshenv1.InviteAccountResponse], error) {
	m, roles := req.Msg, rolesFromWire(req.Msg.Roles)
	if err := checkText("name", m.Name); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "account.invite", m.Name, "", map[string]any{"roles": roles}); err != nil {
		return nil, err
	}
	a, code, err := s.accounts.Invite(ctx, m.Name, m.Shown, roles)
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx, a)
	return connect.NewResponse(&menshenv1.InviteAccountResponse{Account: v, Link: s.link(code)}), err
}

func (s accountService) SetAccount(ctx context.Context, req *connect.Request[menshenv1.SetAccountRequest]) (*connect.Response[menshenv1.SetAccountResponse], error) {
	m, roles := req.Msg, rolesFromWire(req.Msg.Roles)
	if err := checkText("id", m.Id); err != nil {
		return nil, err
	}
	if err := s.notOneself(ctx, m.Id); err != nil {
		return nil, err
	}
	detail := map[string]any{}
	if len(roles) > 0 {
		detail["roles"] = roles
	}
	if m.Shown != "" {
		detail["shown"] = true
	}
	if m.Disabled != nil {
		detail["disabled"] = *m.Disabled
	}
	if err := s.recorder.record(ctx, "account.set", m.Id, "", detail); err != nil {
		return nil, err
	}
	a, err := s.accounts.Set(ctx, m.Id, menshen.AccountChange{Shown: m.Shown, Roles: roles, Disabled: m.Disabled})
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx, a)
	return connect.NewResponse(&menshenv1.SetAccountResponse{Account: v}), err
}

// notOneself keeps operators from giving themselves roles, and from locking themselves out.
func (s accountService) notOneself(ctx context.Context, id string) error {
	if a := callerOf(ctx).account; a.ID != "" && (a.ID == id || a.Name == id) {
		return menshen.Errorf(menshen.CodeDenied, "web.account", "nobody changes the roles of their own account").WithHint("ask another operator, or use menshen account on the machine")
	}
	return nil
}

func (s accountService) ResetAccount(ctx context.Context, req *connect.Request[menshenv1.ResetAccountRequest]) (*connect.Response[menshenv1.ResetAccountResponse], error) {
	if err := checkText("id", req.Msg.Id); err != nil {
		return nil, err
	}
	if err := s.notOneself(ctx, req.Msg.Id); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "account.reset", req.Msg.Id, "", nil); err != nil {
		return nil, err
	}
	_, code, err := s.accounts.Reset(ctx, req.Msg.Id)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ResetAccountResponse{Link: s.link(code)}), nil
}

func checkText(field, text string) error {
	if text == "" || len(text) > 4*maxAsked {
		return menshen.Errorf(menshen.CodeInvalid, "web.account", "%s: it is empty or too long", field).WithHint("use at most %d characters", maxAsked)
	}
	return nil
}
