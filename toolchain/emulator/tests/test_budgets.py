"""A budget by the calls of the Terraform AWS provider (internal/service/budgets)."""

import pytest
from conftest import covers
from ministack.services import budgets

ACCOUNT = "000000000000"
TOPIC = "arn:aws:sns:us-east-1:000000000000:alerts"
ARN = f"arn:aws:budgets::{ACCOUNT}:budget/monthly"
BUDGET = {"BudgetName": "monthly", "BudgetType": "COST", "TimeUnit": "MONTHLY", "CostFilters": {
    "TagKeyValue": ["user:botyard:stack$prod"]}, "BudgetLimit": {"Amount": "60", "Unit": "USD"},
    "TimePeriod": {"Start": 1_790_812_800, "End": 3_706_473_600}}
EMAIL, SNS = ({"SubscriptionType": kind, "Address": address} for kind, address in (
    ("EMAIL", "ops@example.org"), ("SNS", TOPIC)))


def notification(kind, threshold):
    return {"ComparisonOperator": "GREATER_THAN", "Threshold": threshold, "ThresholdType": "PERCENTAGE",
            "NotificationType": kind}


THREE = [notification("ACTUAL", 80.0), notification("ACTUAL", 100.0), notification("FORECASTED", 100.0)]


@pytest.fixture
def client(aws):
    made = aws("budgets")
    made.create_budget(AccountId=ACCOUNT, Budget=BUDGET, ResourceTags=[{"Key": "a", "Value": "b"}])
    for each in THREE:
        made.create_notification(AccountId=ACCOUNT, BudgetName="monthly", Notification=each, Subscribers=[EMAIL, SNS])
    return made


def read(client):
    """(budget, [(notification, subscribers)]), as the provider reads them."""
    budget = client.describe_budget(AccountId=ACCOUNT, BudgetName="monthly")["Budget"]
    found = client.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName="monthly")["Notifications"]
    return budget, [({name: each[name] for name in THREE[0]}, client.describe_subscribers_for_notification(
        AccountId=ACCOUNT, BudgetName="monthly", Notification=each)["Subscribers"]) for each in found]


def same(budget):
    """The members that were put, as they are answered."""
    period = {name: round(at.timestamp()) for name, at in budget["TimePeriod"].items()}
    return {name: budget[name] for name in BUDGET} | {"TimePeriod": period}


def test_it_is_read_back_as_it_was_put(client):
    for _ in range(2):
        budget, notifications = read(client)
        assert same(budget) == BUDGET
        assert notifications == [(each, [EMAIL, SNS]) for each in THREE]
    assert client.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"] == [{"Key": "a", "Value": "b"}]


@covers("budgets.fill_in_cost_types")
def test_it_says_what_it_counts(client):
    for asked, blended in [({}, False), ({"CostTypes": {"UseBlended": True, "IncludeCredit": False}}, True)]:
        client.update_budget(AccountId=ACCOUNT, NewBudget=BUDGET | asked)
        shown = read(client)[0]["CostTypes"]
        assert (len(shown), shown["UseBlended"], shown["IncludeCredit"]) == (11, blended, not blended)
        assert shown["IncludeTax"] and not shown["UseAmortized"]
    client.update_budget(AccountId=ACCOUNT, NewBudget=BUDGET | {"BudgetType": "USAGE"})
    assert "CostTypes" not in read(client)[0]


@covers("budgets.fill_in_cost_types")
def test_a_budget_without_filters_or_period_has_them(aws):
    aws("budgets").create_budget(AccountId=ACCOUNT, Budget={name: BUDGET[name] for name in (
        "BudgetName", "BudgetType", "TimeUnit", "BudgetLimit")})
    budget = aws("budgets").describe_budget(AccountId=ACCOUNT, BudgetName="monthly")["Budget"]
    assert budget["CostFilters"] == {} and budget["TimePeriod"]["Start"].day == 1
    assert f"{budget['TimePeriod']['End'].astimezone(tz=None):%Y}" == "2087"


def test_it_is_updated(client):
    client.update_budget(AccountId=ACCOUNT, NewBudget=BUDGET | {"BudgetLimit": {"Amount": "90", "Unit": "USD"}})
    client.delete_notification(AccountId=ACCOUNT, BudgetName="monthly", Notification=THREE[0])
    client.create_notification(AccountId=ACCOUNT, BudgetName="monthly", Notification=notification("ACTUAL", 50.0),
                               Subscribers=[EMAIL])
    budget, notifications = read(client)
    assert budget["BudgetLimit"] == {"Amount": "90", "Unit": "USD"}
    assert notifications == [(each, [EMAIL, SNS]) for each in THREE[1:]] + [(notification("ACTUAL", 50.0), [EMAIL])]
    client.untag_resource(ResourceARN=ARN, ResourceTagKeys=["a"])
    client.tag_resource(ResourceARN=ARN, ResourceTags=[{"Key": "c", "Value": "d"}])
    assert client.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"] == [{"Key": "c", "Value": "d"}]


def test_it_survives_a_restart(client):
    before, saved = read(client), budgets.get_state()
    budgets.reset()
    budgets.load_persisted_state(saved)
    assert read(client) == before


def test_it_is_deleted(client):
    client.delete_budget(AccountId=ACCOUNT, BudgetName="monthly")
    for action in (client.describe_budget, client.describe_notifications_for_budget, client.delete_budget):
        with pytest.raises(client.exceptions.NotFoundException):
            action(AccountId=ACCOUNT, BudgetName="monthly")


def test_the_name_is_taken(client):
    with pytest.raises(client.exceptions.DuplicateRecordException):
        client.create_budget(AccountId=ACCOUNT, Budget=BUDGET)
