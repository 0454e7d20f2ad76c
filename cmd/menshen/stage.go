package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// stage is a set of long-running parts that end together.
type stage struct {
	name string
	runs []func(ctx context.Context) error
}

// runStages runs all parts of all stages until ctx ends or one part fails, then ends them stage by stage in the order
// given, each only after the one before has ended: sources first, stores last. Errors are joined.
func runStages(ctx context.Context, stages ...stage) error {
	ctx, fail := context.WithCancel(ctx)
	defer fail()
	var mu sync.Mutex
	var failures []error
	type running struct {
		cancel context.CancelFunc
		parts  *sync.WaitGroup
	}
	var all []running
	for _, s := range stages {
		stageCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		var parts sync.WaitGroup
		for _, run := range s.runs {
			parts.Go(func() {
				if err := run(stageCtx); err != nil && !errors.Is(err, context.Canceled) {
					mu.Lock()
					failures = append(failures, fmt.Errorf("%s: %w", s.name, err))
					mu.Unlock()
					fail()
				}
			})
		}
		all = append(all, running{cancel, &parts})
	}
	<-ctx.Done()
	for _, r := range all {
		r.cancel()
		r.parts.Wait()
	}
	mu.Lock()
	defer mu.Unlock()
	return errors.Join(failures...)
}
