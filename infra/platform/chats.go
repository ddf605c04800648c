package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Webhook is a chat's address for messages.
type Webhook struct {
	// Kind is discord or slack.
	Kind string
	// URL is the whole of it; who knows it can write there, so it is a secret output.
	URL pulumi.StringOutput
}

// chat is a declared webhook.
type chat struct {
	kind              string
	destination, role pulumi.StringOutput
}

// body is what the chat is sent: text is the message. Nobody is pinged by what a log says, and no link is unfolded.
// Source: Discord Developer Documentation, "Execute Webhook"; Slack API, "Sending messages using incoming webhooks".
func (c chat) body(text string) string {
	if c.kind == "slack" {
		return fmt.Sprintf(`{"text": "%s", "unfurl_links": false}`, text)
	}
	const suppressEmbeds = 4
	return fmt.Sprintf(`{"content": "%s", "flags": %d, "allowed_mentions": {"parse": []}}`, text, suppressEmbeds)
}

// messagesPerSecond bounds what EventBridge posts; Discord takes 5 in 2 seconds, Slack one a second.
const messagesPerSecond = 1

func declareChats(ctx *pulumi.Context, name string, args *NotificationsArgs, child pulumi.ResourceOption) ([]chat, error) {
	if len(args.Webhooks) == 0 {
		return nil, nil
	}
	// A connection must have some authorization; the webhook's is its URL.
	connection, err := cloudwatch.NewEventConnection(ctx, name, &cloudwatch.EventConnectionArgs{
		Name: pulumi.String(args.Names.Name(64, name)), AuthorizationType: pulumi.String("API_KEY"),
		Description: pulumi.String("Webhooks of chats; the header is not looked at"),
		AuthParameters: cloudwatch.EventConnectionAuthParametersArgs{
			ApiKey: cloudwatch.EventConnectionAuthParametersApiKeyArgs{Key: pulumi.String("X-Botyard"), Value: pulumi.String("notifications")},
		},
	}, child)
	if err != nil {
		return nil, err
	}
	var chats []chat
	destinations := pulumi.StringArray{}
	for _, webhook := range args.Webhooks {
		destination, err := cloudwatch.NewEventApiDestination(ctx, name+"-"+webhook.Kind, &cloudwatch.EventApiDestinationArgs{
			Name: pulumi.String(args.Names.Name(64, webhook.Kind)), ConnectionArn: connection.Arn, HttpMethod: pulumi.String("POST"),
			InvocationEndpoint: webhook.URL, InvocationRateLimitPerSecond: pulumi.Int(messagesPerSecond),
		}, child)
		if err != nil {
			return nil, err
		}
		chats = append(chats, chat{kind: webhook.Kind, destination: destination.Arn})
		destinations = append(destinations, destination.Arn)
	}
	role, err := newDestinationRole(ctx, name, destinations, child)
	if err != nil {
		return nil, err
	}
	for i := range chats {
		chats[i].role = role.Arn
	}
	return chats, nil
}
