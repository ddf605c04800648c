"""AWS Budgets: what a budget has that nobody asked for."""

from corrections import corrects

# What counts as cost in a budget that does not say (API_budgets_CostTypes).
_COST_TYPES = {"IncludeTax": True, "IncludeSubscription": True, "UseBlended": False, "IncludeRefund": True,
               "IncludeCredit": True, "IncludeUpfront": True, "IncludeRecurring": True, "IncludeOtherSubscription": True,
               "IncludeSupport": True, "IncludeDiscount": True, "UseAmortized": False}


@corrects("budgets:_validate_budget_shape")
def fill_in_cost_types(original, budget):
    """A budget of costs says what it counts, with a default for each type of cost, and has a map of filters
    (API_budgets_Budget, API_budgets_CostTypes).

    ministack: leaves out what was not asked for.
    """
    refused = original(budget)
    if not refused and budget["BudgetType"] == "COST":
        budget["CostTypes"] = _COST_TYPES | (budget.get("CostTypes") or {})
        budget.setdefault("CostFilters", {})
    return refused
