package tracing

// number gives the number of a person, those of the registry without a pass included.
func (r *run) number(id string) (uint32, bool) {
	if n, ok := r.view.PersonNumber(id); ok {
		return n, true
	}
	if k, ok := r.residents.of[id]; ok {
		return r.residentNumber(k), true
	}
	return 0, false
}

func (r *run) residentNumber(k int32) uint32 {
	if n := r.numbers.personOf[k]; n != 0 {
		return n
	}
	return uint32(r.view.People()) + uint32(k)
}

// resident gives the place of somebody in the list of residents, -1 for none.
func (r *run) resident(person uint32) int32 {
	if n := uint32(r.view.People()); person >= n {
		return int32(person - n)
	}
	if len(r.residents.list) == 0 {
		return -1
	}
	return r.numbers.residentOf[person]
}

func (r *run) id(person uint32) string {
	if n := uint32(r.view.People()); person >= n {
		return r.residents.list[person-n].person
	}
	return r.view.PersonID(person)
}
