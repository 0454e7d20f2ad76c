package access

import (
	"context"

	"menshen"
)

// Searcher finds the enrolled people nearest to a face. It is safe for concurrent use and answers from memory.
type Searcher interface {
	// Engine is what made the templates. Faces of any other engine are refused.
	Engine() menshen.EngineID
	// Search gives up to k different people, nearest first, with the distance of their nearest template. An empty
	// gallery gives none and no error.
	Search(d menshen.Descriptor, k int) ([]menshen.Candidate, error)
}

// Recorder keeps passes. AppendMany returns once all of them are durable, with their numbers in the order given, or none is;
// it may take as long as it must and runs on a goroutine of its own for each gate, in the order of decisions. After an error
// the passes count as not kept and are appended again later; CodeInvalid says that one of them can never be kept. It is safe
// for concurrent use.
type Recorder interface {
	AppendMany(ctx context.Context, passes []menshen.Pass) ([]menshen.Pass, error)
}

// Door tells doors what to do. Command returns when the door was told, and early with an error when ctx ends; CodeMissing
// is an action that the door does not know. For each gate it is called once at a time.
type Door interface {
	Command(ctx context.Context, cmd menshen.DoorCommand) error
}

// DoorReader is a Door that can tell how the doors are, some of them at least: CodeMissing for those that cannot. State may be
// called beside Command.
type DoorReader interface {
	State(ctx context.Context, gate string) (menshen.DoorState, error)
}

// Learner is told of every crossing that was allowed by face without a doubt. It is called from the goroutine that
// decides; it must return at once and must not call the Controller.
type Learner func(menshen.Lesson)
