package platform

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/budgets"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BudgetArgs describes what AWS watches of the bill. All are required.
type BudgetArgs struct {
	// MonthlyUSD is the ceiling, US dollars a month.
	MonthlyUSD float64
	Alerts     *Alerts
	Names      Namer
}

// Budget warns the alerts' topic at 80 and 100 percent of the ceiling, and when AWS forecasts that it will be passed. It
// looks at the whole account's bill: a stack's own share would need cost allocation tags, which somebody must switch on in
// the account that pays.
type Budget struct {
	pulumi.ResourceState
}

// NewBudget declares the budget.
func NewBudget(ctx *pulumi.Context, name string, args *BudgetArgs, opts ...pulumi.ResourceOption) (*Budget, error) {
	b := &Budget{}
	return b, build(ctx, "Budget", name, b, opts, func(child pulumi.ResourceOption) error {
		notify := func(kind string, percent float64) budgets.BudgetNotificationArgs {
			return budgets.BudgetNotificationArgs{
				NotificationType: pulumi.String(kind), ComparisonOperator: pulumi.String("GREATER_THAN"),
				Threshold: pulumi.Float64(percent), ThresholdType: pulumi.String("PERCENTAGE"),
				SubscriberSnsTopicArns: pulumi.StringArray{args.Alerts.TopicArn},
			}
		}
		_, err := budgets.NewBudget(ctx, name, &budgets.BudgetArgs{
			Name: pulumi.String(args.Names.Name(100)), BudgetType: pulumi.String("COST"), TimeUnit: pulumi.String("MONTHLY"),
			LimitAmount: pulumi.String(strconv.FormatFloat(args.MonthlyUSD, 'f', -1, 64)), LimitUnit: pulumi.String("USD"),
			Notifications: budgets.BudgetNotificationArray{notify("ACTUAL", 80), notify("ACTUAL", 100), notify("FORECASTED", 100)},
		}, child)
		return err
	})
}

func (b *Budget) outputs() pulumi.Map { return pulumi.Map{} }
