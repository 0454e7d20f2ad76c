package web

import (
	"context"
	"strings"

	"connectrpc.com/connect"

	"menshen/proto/menshen/v1/menshenv1connect"
)

// inForce lets the answer to a call wait until what the call changed is in force at the gates. Who shows something to a
// reader waits for nothing.
func inForce(wait func(context.Context)) connect.UnaryInterceptorFunc {
	return func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
			res, err := next(ctx, req)
			if wait != nil && err == nil && !strings.HasPrefix(req.Spec().Procedure, "/"+menshenv1connect.GuardServiceName+"/") {
				wait(ctx)
			}
			return res, err
		}
	}
}
