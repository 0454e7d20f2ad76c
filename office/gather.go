package office

import "iter"

// gather makes a list of a sequence that the store gives.
func gather[T any](sequence iter.Seq2[T, error]) ([]T, error) {
	var list []T
	for item, err := range sequence {
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}
