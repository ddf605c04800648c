"""DynamoDB: writes that decide who holds a lease."""

import threading

from ministack.services import dynamodb

from corrections import corrects

_writing = threading.RLock()


@corrects("dynamodb:_put_item", "dynamodb:_update_item", "dynamodb:_delete_item", "dynamodb:_transact_write_items")
def one_at_a_time(original, data):
    """A conditional write is atomic: nothing comes between its condition and its change
    (WorkingWithItems, "Conditional writes").

    ministack: reads, compares and writes without a lock.
    """
    with _writing:
        return original(data)


@corrects("dynamodb:_describe_ttl")
def forget_the_attribute(original, data):
    """A table without TTL names no TTL attribute (API_TimeToLiveDescription).

    ministack: names the one of before.
    """
    setting = dynamodb._ttl_settings.get(dynamodb._normalize_table_name(data.get("TableName")))
    if setting and setting["TimeToLiveStatus"] == "DISABLED":
        setting.pop("AttributeName", None)
    return original(data)
