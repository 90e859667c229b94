"""Counts and medians in SQL that both engines run alike, so that no row of them reaches Python."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, case, func, select

from idp.storage.sql.statement import Statement


def count_with_median(group: Sequence[Any], value: Any, *where: Any) -> Statement:
    """Make a SELECT of each group with its number of rows and the median of a value, in the order of the groups.

    The median is the middle value, or the mean of the two in the middle. Without a group there is one row, or none.
    """
    rows = (
        select(
            *group,
            value.label("value"),
            func.row_number(type_=Integer).over(partition_by=group or None, order_by=value).label("place"),
            func.count(type_=Integer).over(partition_by=group or None).label("total"),
        )
        .where(*where)
        .subquery("counted")
    )
    middle = rows.c.place.in_([(rows.c.total + 1) // 2, (rows.c.total + 2) // 2])
    columns = [rows.c[column.name] for column in group]
    median = func.avg(case((middle, rows.c.value)))
    return Statement(
        select(*columns, func.max(rows.c.total), median)
        .group_by(*columns)
        .having(func.max(rows.c.total).is_not(None))
        .order_by(*columns)
    )
