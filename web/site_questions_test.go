package web_test

import (
	"context"

	"connectrpc.com/connect"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
)

// siteQuestions has a valid call of every procedure of the site plan and the statistics.
var siteQuestions = map[string]func(s *served) error{
	menshenv1connect.StatisticsServiceGetStatisticsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetStatisticsRequest]) (*connect.Response[menshenv1.GetStatisticsResponse], error) {
		return s.client.Statistics.GetStatistics
	}, &menshenv1.GetStatisticsRequest{Days: 7}),
	menshenv1connect.SitePlanServicePutSitePlanProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PutSitePlanRequest]) (*connect.Response[menshenv1.PutSitePlanResponse], error) {
		return s.client.Plans.PutSitePlan
	}, &menshenv1.PutSitePlanRequest{Places: []*menshenv1.PlanPlace{{Gate: "east-1", X: 0.5, Y: 0.5}}}),
	menshenv1connect.SitePlanServiceRestoreSitePlanProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RestoreSitePlanRequest]) (*connect.Response[menshenv1.RestoreSitePlanResponse], error) {
		return s.client.Plans.RestoreSitePlan
	}, &menshenv1.RestoreSitePlanRequest{Base: 3}),
}
