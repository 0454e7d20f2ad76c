package report

import (
	"time"

	"menshen"
)

// movements tells of stays and passes of the case in order of time, one line each.
func (s Source) movements() part {
	p := part{
		Title: s.t("传染期内活动轨迹", "Movements within the infectious window"), Empty: s.t("没有通行记录。", "No passes are known."),
		Note:    s.t("“推定”表示缺少通行记录、时间为估计。", "“Inferred” marks times that are estimated because a pass is missing."),
		Columns: []string{s.t("日期", "day"), s.t("从", "from"), s.t("到", "to"), s.t("地点", "place"), s.t("时长", "for"), s.t("依据", "evidence")},
	}
	if !s.Missing.IsZero() {
		before := s.t("通行记录只有 ", "There are passes from ") + s.time(s.Missing) + s.t(" 起的，此前的活动轨迹和接触未知。", " on alone: movements and contacts before are not known.")
		p.Note, p.Empty = before+" "+p.Note, before
	}
	last := ""
	for _, st := range s.Stays {
		from, to := st.From.In(s.location()), st.To.In(s.location())
		day := from.Format(time.DateOnly)
		until := to.Format("15:04")
		if to.Format(time.DateOnly) != day {
			until = to.Format("01-02 15:04")
		}
		shown := day
		if day == last {
			shown = ""
		}
		last = day
		p.Rows = append(p.Rows, row{Cells: []cell{
			{Text: shown, Kind: "nowrap"}, {Text: from.Format("15:04"), Kind: "nowrap"}, {Text: until, Kind: "nowrap"},
			{Text: s.say(s.placeOf(menshen.Exposure{Kind: menshen.ExposureZone, Zone: st.Zone}))}, {Text: s.long(st.Duration()), Kind: "nowrap"}, {Text: s.bounds(st)},
		}})
	}
	return p
}

func (s Source) bounds(st menshen.Stay) string {
	switch {
	case st.Open:
		return s.t("仍在其中", "still there")
	case st.FromObserved && st.ToObserved:
		return s.t("通行记录", "passes")
	case !st.FromObserved && !st.ToObserved:
		return s.t("两端推定", "both ends inferred")
	case !st.FromObserved:
		return s.t("进入推定", "entry inferred")
	}
	return s.t("离开推定", "exit inferred")
}
