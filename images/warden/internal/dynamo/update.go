package dynamo

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// update builds one UpdateItem. Every attribute goes by an alias, since many of ours are DynamoDB's reserved words.
type update struct {
	sets, removes, conditions []string
	names                     map[string]string
	values                    map[string]types.AttributeValue
}

func newUpdate() *update {
	return &update{names: map[string]string{}, values: map[string]types.AttributeValue{}}
}

func (u *update) name(attribute string) string {
	u.names["#"+attribute] = attribute
	return "#" + attribute
}

func (u *update) value(v types.AttributeValue) string {
	name := ":v" + strconv.Itoa(len(u.values))
	u.values[name] = v
	return name
}

func (u *update) set(attribute string, v types.AttributeValue) *update {
	u.sets = append(u.sets, u.name(attribute)+" = "+u.value(v))
	return u
}

// add counts up from 0, in the table: so that each write that is carried out changes it, also one that we gave up on.
func (u *update) add(attribute string, n int64) *update {
	name := u.name(attribute)
	u.sets = append(u.sets, name+" = if_not_exists("+name+", "+u.value(number(0))+") + "+u.value(number(n)))
	return u
}

func (u *update) remove(attribute string) *update {
	u.removes = append(u.removes, u.name(attribute))
	return u
}

func (u *update) expect(attribute string, v types.AttributeValue) *update {
	u.conditions = append(u.conditions, u.name(attribute)+" = "+u.value(v))
	return u
}

func (u *update) expectNone(attribute string) *update {
	u.conditions = append(u.conditions, "attribute_not_exists("+u.name(attribute)+")")
	return u
}

func (u *update) expectNoneOrLess(attribute string, v types.AttributeValue) {
	name := u.name(attribute)
	u.conditions = append(u.conditions, "attribute_not_exists("+name+") OR "+name+" < "+u.value(v))
}

func (u *update) input(table string, key map[string]types.AttributeValue) *dynamodb.UpdateItemInput {
	expression := "SET " + strings.Join(u.sets, ", ")
	if len(u.removes) > 0 {
		expression += " REMOVE " + strings.Join(u.removes, ", ")
	}
	condition := strings.Join(u.conditions, " AND ")
	return &dynamodb.UpdateItemInput{
		TableName: &table, Key: key,
		UpdateExpression: &expression, ConditionExpression: &condition,
		ExpressionAttributeNames: u.names, ExpressionAttributeValues: u.values,
		ReturnValues: types.ReturnValueAllNew,
	}
}
