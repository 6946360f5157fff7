"""Questions: what any stage may ask about a program. They have no order, and know no result of a stage."""
