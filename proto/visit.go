package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// VisitToWire converts a visit. It goes one way: visits come in as requests.
func VisitToWire(v menshen.Visit) *menshenv1.Visit {
	return &menshenv1.Visit{
		Id: v.ID, Person: v.Person, Host: v.Host, Reason: v.Reason, FromWhere: v.From, Celsius: v.Origin, Plate: v.Plate,
		From: timeToWire(v.Span.From), To: timeToWire(v.To), State: string(v.State), Permit: v.Permit,
		Registered: timeToWire(v.Registered), RegisteredBy: v.RegisteredBy, Answered: timeToWire(v.Answered), AnsweredBy: v.AnsweredBy,
		Entered: timeToWire(v.Entered), Left: timeToWire(v.Left),
	}
}

// DeliveryToWire converts a delivery. It goes one way.
func DeliveryToWire(d menshen.Delivery) *menshenv1.Delivery {
	m := &menshenv1.Delivery{
		Id: d.ID, Gate: d.Gate, Carrier: d.Carrier, Phone: d.Phone, Item: d.Item, Arrived: timeToWire(d.Arrived), TakenBy: d.TakenBy,
		Handed: timeToWire(d.Handed), HandedBy: d.HandedBy, HandedTo: d.HandedTo,
	}
	if d.For != (menshen.Dwelling{}) {
		m.Dwelling = d.For.String()
	}
	return m
}

// AnnotationToWire converts what a guard added to a pass. It goes one way.
func AnnotationToWire(a menshen.Annotation) *menshenv1.Annotation {
	return &menshenv1.Annotation{
		Id: a.ID, Pass: a.Pass.String(), Kind: string(a.Kind), Person: a.Person, Text: a.Text, At: timeToWire(a.At), By: a.By,
	}
}
