// Package retention has how long what is kept: the classes of data, a clock that does not believe every jump of the machine's, and
// the look that removes what is older than its limit. What a class is made of, and how it is removed, is for the store; limits come
// from the configuration. Nothing is removed early: where it is not sure how late it is, the earlier time counts.
package retention
