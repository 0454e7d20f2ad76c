package web

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type statisticsService struct {
	statistics Statistics
	recorder   recorder
}

// mostDays is how many days can be counted at once.
const mostDays = 31

func (s statisticsService) GetStatistics(ctx context.Context, req *connect.Request[menshenv1.GetStatisticsRequest]) (*connect.Response[menshenv1.GetStatisticsResponse], error) {
	days := cmp.Or(req.Msg.Days, 1)
	if days > mostDays {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.statistics", "days: %d is out of range", days).WithHint("use 1 to %d", mostDays)
	}
	if err := s.recorder.record(ctx, "statistics.show", "", "", map[string]any{"days": days}); err != nil {
		return nil, err
	}
	all, err := s.statistics.Statistics(ctx, int(days))
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetStatisticsResponse{
		From: timestamppb.New(all.Span.From), To: timestamppb.New(all.Span.To),
		Figures: &menshenv1.SiteFigures{
			People: count(all.Figures.People), Enrolled: count(all.Figures.Enrolled), Permitted: count(all.Figures.Permitted),
			Observed: count(all.Figures.Observed), Monitored: count(all.Figures.Monitored), Isolated: count(all.Figures.Isolated),
			Fevers: count(all.Figures.Fevers), Measured: count(all.Figures.Measured), Fever: all.Fever,
		},
	}
	for hour, h := range all.Hours {
		res.Hours = append(res.Hours, &menshenv1.HourCount{Hour: count(hour), Gates: gateCountsToWire(h.Gates), Times: count(h.Times)})
	}
	for _, d := range all.Days {
		res.Days = append(res.Days, &menshenv1.DayCount{Day: d.Date.Format(time.DateOnly), Gates: gateCountsToWire(d.Gates)})
	}
	for _, r := range all.Reasons {
		res.Reasons = append(res.Reasons, &menshenv1.ReasonCount{
			Reason: string(r.Reason), Text: proto.TextToWire(r.Reason.Text()), Refused: count(r.Refused), Review: count(r.Review),
		})
	}
	return connect.NewResponse(res), nil
}

func gateCountsToWire(gates map[string]GateCount) (all []*menshenv1.GateCount) {
	for _, id := range slices.Sorted(maps.Keys(gates)) {
		c := gates[id]
		all = append(all, &menshenv1.GateCount{Gate: id, In: count(c.In), Out: count(c.Out), Refused: count(c.Refused), Review: count(c.Review)})
	}
	return all
}
