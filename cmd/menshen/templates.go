package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"connectrpc.com/connect"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"menshen"
	"menshen/enrolment"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func (a *app) templatesCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "templates", Short: "Templates of everybody: of which engines, renew them, take back what was learnt", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: "Of which engines templates are there, and who must be enrolled again", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listTemplates(c) },
	}
	renew := &cobra.Command{
		Use: "renew", Short: "Make templates of the engine in use from the photographs kept", Args: cobra.NoArgs,
		Long: `Make templates of the engine in use for everybody who has templates of another one only, from the photographs that were kept
(enrolment.keep_photographs). Ends with a list of those who must be enrolled again. It can be stopped and run again.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.renewTemplates(c) },
	}
	var person string
	var photographs bool
	forget := &cobra.Command{
		Use: "forget", Short: "Take back what was learnt at the gates (enrolment.adapt), or erase the photographs kept", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.forgetTemplates(c, person, photographs) },
	}
	forget.Flags().BoolVar(&photographs, "photographs", false, "erase the photographs kept (enrolment.keep_photographs), instead of what was learnt")
	forget.Flags().StringVar(&person, "person", "", "id of one person; everybody if empty")
	c.AddCommand(list, renew, forget)
	return c
}

func (a *app) listTemplates(c *cobra.Command) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Templates.GetTemplates(c.Context(), connect.NewRequest(&menshenv1.GetTemplatesRequest{}))
	if err != nil {
		return err
	}
	engines := newTable(a.text(menshen.Text{ZH: "引擎", EN: "engine"}), a.text(menshen.Text{ZH: "模板数", EN: "templates"}), a.text(menshen.Text{ZH: "状态", EN: "state"}))
	for _, e := range res.Msg.GetEngines() {
		state := menshen.Text{ZH: "未使用", EN: "not used"}
		if e.GetInUse() {
			state = menshen.Text{ZH: "在用", EN: "in use"}
		}
		engines.add(e.GetEngine(), strconv.FormatUint(e.GetTemplates(), 10), a.text(state))
	}
	engines.print(a.out)
	if len(res.Msg.GetUntemplated()) == 0 {
		_, err = fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "所有登记人员都能被在用的引擎识别。", EN: "The engine in use can recognise everybody who was enrolled."}))
		return err
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "在用的引擎无法识别：", EN: "The engine in use cannot recognise:"}))
	people := newTable("id", a.text(menshen.Text{ZH: "姓名", EN: "name"}), a.text(menshen.Text{ZH: "住址", EN: "dwelling"}), a.text(menshen.Text{ZH: "保留的照片", EN: "photographs kept"}), "")
	for _, u := range res.Msg.GetUntemplated() {
		note := ""
		if u.GetMaskedOnly() {
			note = a.text(menshen.Text{ZH: "仅戴口罩时", EN: "in a mask only"})
		}
		people.add(u.GetPerson(), u.GetName(), u.GetDwelling(), strconv.FormatUint(u.GetPhotographs(), 10), note)
	}
	people.print(a.out)
	_, err = fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: "有照片的，运行 menshen templates renew；其余的请重新登记，仅戴口罩时认不出的，补一张照片即可。", EN: "Those with photographs: run menshen templates renew. The others must be enrolled again; for a mask only, one more photograph will do.",
	}))
	return err
}

func (a *app) renewTemplates(c *cobra.Command) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	stream, err := h.Templates.Renew(c.Context(), connect.NewRequest(&menshenv1.RenewRequest{}))
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }() // its error came from Err before
	progress := progressbar.NewOptions(-1, progressbar.OptionSetWriter(a.err), progressbar.OptionSetDescription(a.text(menshen.Text{ZH: "人员", EN: "people"})),
		progressbar.OptionShowCount(), progressbar.OptionSetVisibility(isTerminal(a.err)))
	var again []*menshenv1.RenewResponse
	people, templates := 0, uint64(0)
	for stream.Receive() {
		m := stream.Msg()
		progress.ChangeMax64(int64(min(m.GetTotal(), 1<<40)))
		_ = progress.Add(1)
		people++
		templates += m.GetTemplates()
		if m.GetTemplates() == 0 {
			again = append(again, &menshenv1.RenewResponse{Person: m.GetPerson(), Name: m.GetName(), Dwelling: m.GetDwelling(), Refused: m.GetRefused()})
		}
	}
	_ = progress.Close()
	if err := stream.Err(); err != nil {
		return err
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("%d 人中已为 %d 人生成 %d 个模板", people, people-len(again), templates),
		EN: fmt.Sprintf("%d of %d people renewed, with %d templates", people-len(again), people, templates),
	}))
	if len(again) == 0 {
		return nil
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "须重新登记：", EN: "To be enrolled again:"}))
	t := newTable("id", a.text(menshen.Text{ZH: "姓名", EN: "name"}), a.text(menshen.Text{ZH: "住址", EN: "dwelling"}), a.text(menshen.Text{ZH: "原因", EN: "why"}))
	for _, m := range again {
		why := menshen.Text{ZH: "没有保留照片", EN: "no photograph was kept"}
		if r := m.GetRefused(); len(r) > 0 {
			why = menshen.Text{ZH: r[0].GetMessage().GetZh(), EN: r[0].GetMessage().GetEn()}
		}
		t.add(m.GetPerson(), m.GetName(), m.GetDwelling(), a.text(why))
	}
	t.print(a.out)
	return nil
}

func (a *app) forgetTemplates(c *cobra.Command, person string, photographs bool) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Templates.Forget(c.Context(), connect.NewRequest(&menshenv1.ForgetRequest{Person: strings.TrimSpace(person), Photographs: photographs}))
	if err != nil {
		return err
	}
	if photographs {
		_, err = fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: fmt.Sprintf("已删除 %d 张保留的照片", res.Msg.GetPhotographs()), EN: fmt.Sprintf("%d kept photographs erased", res.Msg.GetPhotographs()),
		}))
		return err
	}
	_, err = fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("已撤销 %d 个学到的模板", res.Msg.GetTemplates()), EN: fmt.Sprintf("%d learnt templates taken back", res.Msg.GetTemplates()),
	}))
	return err
}

// templateView answers the template service.
type templateView struct{ *hub }

// Engines implements web.Templates.
func (v templateView) Engines(ctx context.Context) ([]web.EngineTemplates, error) {
	counts, err := v.pipeline.store.TemplateEngines(ctx)
	if err != nil {
		return nil, err
	}
	var all []web.EngineTemplates
	for id, n := range counts {
		all = append(all, web.EngineTemplates{Engine: id, Templates: n, InUse: id == v.engine.ID})
	}
	slices.SortFunc(all, func(a, b web.EngineTemplates) int { return strings.Compare(a.Engine.String(), b.Engine.String()) })
	return all, nil
}

// Untemplated implements web.Templates.
func (v templateView) Untemplated(ctx context.Context) (all []web.Untemplated, err error) {
	for u, err := range v.pipeline.store.Untemplated(ctx, v.engine.ID) {
		if err != nil {
			return nil, err
		}
		if u.MaskedOnly && !v.knowsMasks() {
			continue // with this network covered faces are a guard's whatever is enrolled
		}
		all = append(all, web.Untemplated(u))
	}
	return all, nil
}

// Renew implements web.Templates.
func (v templateView) Renew(ctx context.Context, people []string, each func(web.Renewed) error) error {
	if v.noEngine != nil {
		return v.noEngine
	}
	return v.enroller.Renew(ctx, people, func(r enrolment.Renewed) error {
		v.calibration.Changed(r.Person)
		return each(web.Renewed{Person: r.Person, Templates: r.Templates, Refused: photoResults(r.Refused)})
	})
}

// Forget implements web.Templates.
func (v templateView) Forget(ctx context.Context, person string) (int, error) {
	forgotten, err := v.enroller.Forget(ctx, person)
	for _, t := range forgotten {
		v.calibration.Changed(t.Person)
	}
	return len(forgotten), err
}

// ForgetPhotographs implements web.Templates.
func (v templateView) ForgetPhotographs(ctx context.Context, person string) (int, error) {
	if person != "" {
		if _, err := v.pipeline.store.Person(ctx, person); err != nil {
			return 0, err
		}
	}
	return v.pipeline.store.RemovePhotographs(ctx, person)
}

// photoResults fits what enrolment says of photographs to the API.
func photoResults(photos []enrolment.PhotoResult) (all []web.PhotoResult) {
	for _, p := range photos {
		all = append(all, web.PhotoResult{Name: p.Name, Accepted: p.Accepted, Code: string(p.Code), Message: p.Message, Hint: p.Hint, Other: p.Other})
	}
	return all
}
