"""One door, many items: visits, routes, slots and assignments (综合查一次)."""
