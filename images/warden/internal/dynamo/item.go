package dynamo

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"botyard/warden/internal/lease"
)

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func yes(b bool) types.AttributeValue { return &types.AttributeValueMemberBOOL{Value: b} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func startList(starts []lease.Start) types.AttributeValue {
	list := &types.AttributeValueMemberL{Value: []types.AttributeValue{}}
	for _, start := range starts {
		list.Value = append(list.Value, &types.AttributeValueMemberM{
			Value: map[string]types.AttributeValue{"t": number(start.At), "r": text(start.Revision)},
		})
	}
	return list
}

// decoder reads attributes and keeps the first one that is not of its type.
type decoder struct {
	item map[string]types.AttributeValue
	err  error
}

func decode(item map[string]types.AttributeValue) (lease.Item, error) {
	d := decoder{item: item}
	result := lease.Item{
		View: lease.View{
			Holder: d.text("holder"), Token: int64(d.number("token")), Beat: int64(d.number("beat")),
			Leaving: d.yes("leaving"), Wanted: int64(d.number("wanted")),
			Lease: time.Duration(d.number("seconds") * float64(time.Second)),
		},
		Address: d.text("address"), Task: d.text("task"), Revision: d.text("revision"),
		Healthy: d.yes("healthy"), Good: d.text("good"), Starts: d.starts(),
	}
	return result, d.err
}

func (d *decoder) wrong(name, want string) {
	if d.err == nil {
		d.err = fmt.Errorf("the item's attribute %q is no %s: it was not written by a warden; delete the item to begin anew", name, want)
	}
}

func (d *decoder) text(name string) string {
	v, found := d.item[name]
	s, ok := v.(*types.AttributeValueMemberS)
	if !found || !ok {
		if found {
			d.wrong(name, "string")
		}
		return ""
	}
	return s.Value
}

func (d *decoder) yes(name string) bool {
	v, found := d.item[name]
	b, ok := v.(*types.AttributeValueMemberBOOL)
	if !found || !ok {
		if found {
			d.wrong(name, "boolean")
		}
		return false
	}
	return b.Value
}

// number reads a number that a float64 holds exactly: all of ours are below 2^53.
func (d *decoder) number(name string) float64 {
	v, found := d.item[name]
	if !found {
		return 0
	}
	n, ok := v.(*types.AttributeValueMemberN)
	if !ok {
		d.wrong(name, "number")
		return 0
	}
	f, err := strconv.ParseFloat(n.Value, 64)
	if err != nil {
		d.wrong(name, "number")
	}
	return f
}

func (d *decoder) starts() []lease.Start {
	v, found := d.item["starts"]
	if !found {
		return nil
	}
	list, ok := v.(*types.AttributeValueMemberL)
	if !ok {
		d.wrong("starts", "list")
		return nil
	}
	var starts []lease.Start
	for _, entry := range list.Value {
		m, ok := entry.(*types.AttributeValueMemberM)
		if !ok {
			d.wrong("starts", "list of maps")
			return nil
		}
		inner := decoder{item: m.Value}
		starts = append(starts, lease.Start{At: int64(inner.number("t")), Revision: inner.text("r")})
		if inner.err != nil {
			d.wrong("starts", "list of {t: number, r: string}")
		}
	}
	return starts
}
