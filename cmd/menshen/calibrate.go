package main

import (
	"fmt"
	"strconv"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) calibrateCommand() *cobra.Command {
	var fpir, format string
	var dryRun bool
	c := &cobra.Command{
		Use: "calibrate", Short: "Find the recognition thresholds from the people enrolled, and take them into use", Args: cobra.NoArgs,
		Long: `Find the recognition thresholds from the people enrolled here: every one of them is a stranger to all others, and their distances say
how often a stranger would be taken for somebody, at this size of the gallery. The thresholds are kept and in use at once; a running
Menshen does the same by itself at its start and whenever the gallery has grown or shrunk by a fifth or by 50 people.
Look-alikes are shown by name; that is in the audit log first.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.calibrate(c, fpir, dryRun, format) },
	}
	c.Flags().StringVar(&fpir, "fpir", "", "share of strangers that a single picture may be taken for somebody, e.g. 0.3% or 0.003; what is in force if absent")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "show only, change nothing")
	c.Flags().StringVar(&format, "format", "table", "table or json")
	return c
}

func (a *app) calibrate(c *cobra.Command, fpir string, dryRun bool, format string) error {
	const op = "cmd.calibrate"
	if format != "table" && format != "json" {
		return menshen.Errorf(menshen.CodeInvalid, op, "--format: %q is not known", format).WithHint("use table or json")
	}
	share, err := parseShare(fpir)
	if err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Calibration.Calibrate(c.Context(), connect.NewRequest(&menshenv1.CalibrateRequest{Fpir: share, DryRun: dryRun}))
	if err != nil {
		return err
	}
	if format == "json" {
		return writeJSON(a.out, calibrationJSONOf(res.Msg, h.location))
	}
	a.printCalibration(h, res.Msg)
	return nil
}

// parseShare reads 0.3% or 0.003 as 0.003, and nothing as 0.
func parseShare(s string) (float64, error) {
	if s == "" {
		return 0, nil
	}
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0.0001 && v <= 0.05) {
		return 0, menshen.Errorf(menshen.CodeInvalid, "cmd.calibrate", "--fpir: %q cannot be aimed at", s).WithHint("use 0.01%% to 5%%, for example 0.3%% or 0.003")
	}
	return v, nil
}

func (a *app) printCalibration(h *remote, m *menshenv1.CalibrateResponse) {
	c := m.GetCalibration()
	say := func(zh, en string) { fmt.Fprintln(a.out, a.text(menshen.Text{ZH: zh, EN: en})) }
	say(fmt.Sprintf("引擎 %s：%d 人，%d 个模板；比对了 %d 人", c.GetEngine(), c.GetPeople(), c.GetTemplates(), c.GetProbed()),
		fmt.Sprintf("engine %s: people %d, templates %d; %d people compared with all others", c.GetEngine(), c.GetPeople(), c.GetTemplates(), c.GetProbed()))
	if c.GetNearestP50() > 0 {
		say(fmt.Sprintf("与最相似的非同住人员的距离：1%% 的人在 %.3f 以内，一半的人在 %.3f 以内", c.GetNearestP1(), c.GetNearestP50()),
			fmt.Sprintf("distance to the nearest person of another household: within %.3f for 1 %% of them, within %.3f for half", c.GetNearestP1(), c.GetNearestP50()))
	}
	say(fmt.Sprintf("阈值：认出 %.3f 以内，请保安核对 %.3f 以内，与次相似者至少差 %.3f", c.GetKnown(), c.GetUnsure(), c.GetMinMargin()),
		fmt.Sprintf("thresholds: known within %.3f, a guard is asked within %.3f, the runner-up farther by %.3f", c.GetKnown(), c.GetUnsure(), c.GetMinMargin()))
	fmt.Fprintln(a.out, "  "+a.text(basisText(c, m)))
	if c.GetTaken() > 0 {
		say(fmt.Sprintf("每 1000 个陌生人，单张照片被认成在册人员的约 %.2f 人（95%% 区间 %.2f – %.2f；目标 %.2f），另有约 %.1f 人交保安核对", 1000*c.GetTaken(), 1000*c.GetTakenLow(), 1000*c.GetTakenHigh(), 1000*c.GetFpir(), 1000*c.GetAsked()),
			fmt.Sprintf("of 1,000 strangers about %.2f are taken for somebody by a single picture (95 %%: %.2f to %.2f; aimed at %.2f), and about %.1f more are for the guard", 1000*c.GetTaken(), 1000*c.GetTakenLow(), 1000*c.GetTakenHigh(), 1000*c.GetFpir(), 1000*c.GetAsked()))
		say(fmt.Sprintf("  若用模型自带的阈值 %.3f：约 %.2f 人", m.GetNetworkKnown(), 1000*c.GetTakenPublished()),
			fmt.Sprintf("  with the network's own threshold of %.3f: about %.2f", m.GetNetworkKnown(), 1000*c.GetTakenPublished()))
	}
	if c.GetSeveral() > 0 {
		say(fmt.Sprintf("代价：每 100 张本人照片，单张认不出的约 %.1f 张，被拒绝的约 %.1f 张（依据 %d 位有多张照片的人）", 100*c.GetMissed(), 100*c.GetRefused(), c.GetSeveral()),
			fmt.Sprintf("the price: of 100 pictures of residents, about %.1f are not recognised alone and about %.1f are refused (from %d people with several templates)", 100*c.GetMissed(), 100*c.GetRefused(), c.GetSeveral()))
	} else {
		say("代价：未知，没有人登记了多张照片", "the price: not known, nobody is enrolled with several photographs")
	}
	a.printLookAlikes(m)
	switch {
	case m.GetInUse():
		say("已保存并启用（"+h.time(c.GetAt())+"）", "kept, and in use since "+h.time(c.GetAt()))
	default:
		say("仅查看，未作任何改动", "shown only: nothing was changed")
	}
}

// basisText says what the thresholds rest on.
func basisText(c *menshenv1.Calibration, m *menshenv1.CalibrateResponse) menshen.Text {
	switch menshen.CalibrationBasis(c.GetBasis()) {
	case menshen.CalibrationPublished:
		return menshen.Text{
			ZH: fmt.Sprintf("登记不足 50 人，不足以校准，沿用模型自带的阈值（%s）", m.GetNetworkSource()),
			EN: fmt.Sprintf("fewer than 50 people say too little: the network's own thresholds stand (%s)", m.GetNetworkSource()),
		}
	case menshen.CalibrationTightened:
		return menshen.Text{
			ZH: fmt.Sprintf("登记不足 200 人：只会比模型自带的阈值（%.3f、%.3f）更严，不会更松", m.GetNetworkKnown(), m.GetNetworkUnsure()),
			EN: fmt.Sprintf("fewer than 200 people: the thresholds may be stricter than the network's own (%.3f, %.3f), never looser", m.GetNetworkKnown(), m.GetNetworkUnsure()),
		}
	case menshen.CalibrationBounded:
		return menshen.Text{
			ZH: fmt.Sprintf("本小区的数据允许更松，但最多只比模型自带的阈值（%.3f）放宽 5%%", m.GetNetworkKnown()),
			EN: fmt.Sprintf("the people here would allow more, but no threshold is more than 5 %% looser than the network's own (%.3f)", m.GetNetworkKnown()),
		}
	}
	return menshen.Text{
		ZH: fmt.Sprintf("由本小区的人脸库得出（模型自带：%.3f、%.3f）", m.GetNetworkKnown(), m.GetNetworkUnsure()),
		EN: fmt.Sprintf("from the people enrolled here (the network's own: %.3f, %.3f)", m.GetNetworkKnown(), m.GetNetworkUnsure()),
	}
}

func (a *app) printLookAlikes(m *menshenv1.CalibrateResponse) {
	pairs := m.GetLookAlikes()
	if len(pairs) == 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "没有长相过近、阈值分不开的人", EN: "look-alikes that the threshold cannot part: none"}))
		return
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("长相过近、阈值分不开的有 %d 对，对他们使用更严的阈值：", m.GetLookAlikePairs()),
		EN: fmt.Sprintf("look-alikes that the threshold cannot part: %d pairs, for whom stricter ones count:", m.GetLookAlikePairs()),
	}))
	t := newTable("  "+a.text(menshen.Text{ZH: "姓名", EN: "name"}), a.text(menshen.Text{ZH: "住址", EN: "dwelling"}), "id",
		a.text(menshen.Text{ZH: "与", EN: "and"}), a.text(menshen.Text{ZH: "住址", EN: "dwelling"}), "id",
		a.text(menshen.Text{ZH: "距离", EN: "distance"}), a.text(menshen.Text{ZH: "各自的阈值", EN: "their thresholds"}))
	for _, p := range pairs {
		t.add("  "+p.GetA().GetName(), p.GetA().GetDwelling(), p.GetA().GetId(), p.GetB().GetName(), p.GetB().GetDwelling(), p.GetB().GetId(),
			fmt.Sprintf("%.3f", p.GetDistance()), fmt.Sprintf("%.3f, %.3f", p.GetKnownA(), p.GetKnownB()))
	}
	t.print(a.out)
	if n := m.GetLookAlikePairs(); n > uint64(len(pairs)) {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: fmt.Sprintf("  …… 以及另外 %d 对", n-uint64(len(pairs))), EN: fmt.Sprintf("  … and %d more", n-uint64(len(pairs)))}))
	}
}
