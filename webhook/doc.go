// Package webhook tells programs outside what happens at a site: one signed HTTP POST for each pass or alert. It owns the
// form of the events (Event), their signature (Sign, Verify), and one receiver with its retries (Hook). It keeps no queue:
// whoever hands events in keeps them until Send returns nil, and hands them in one after another.
//
// # What a receiver can rely on
//
// Every event comes at least once, in order, and again with the same id after anything but a 2xx answer: while the receiver
// is down the waits grow from one second to five minutes, without end. What comes twice is known by its id.
//
// 410 (Gone) stops the webhook until Menshen starts again. Where the receiver refuses one event (any other 4xx that is not
// about who asks, 401, 403, 404, or about when, 408, 425, 429) it is tried five times, then set aside with a line in the
// log, so that one event that cannot be read does not hold up all that follow.
//
// # What a receiver can not do
//
// Redirects are not followed, answers are read no farther than their status, and an address inside the site's own network is
// called only where the configuration allows it (Config.Private), whatever the name resolves to at that moment.
package webhook
