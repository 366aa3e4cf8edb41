"""Who sits where; where do shared things go, and how many?"""

from yuanli.planning.spaces import (
    SPACES, Charge, Entity, Flow, Move, Period, Preview, Room, Rule, RuleKind, Scenario, SheetsError, SpacePlan,
    SpaceProblem, SpacesError, Stacked, Unread, Use, Violation, Weights, charges_of, check_spaces, compare_plans,
    conflicting_rules, conflicts_spaces, explain_spaces, force, moves_of, parse_spaces, preview_moves, preview_swap,
    read_space_rows, replan_spaces, rules_from_words, schema_spaces, solve_spaces, space_rows, stack_plan, today,
    use_of, violations, write_spaces_excel,
)  # fmt: skip

__all__ = [
    "SPACES", "Charge", "Entity", "Flow", "Move", "Period", "Preview", "Room", "Rule", "RuleKind", "Scenario",
    "SheetsError", "SpacePlan", "SpaceProblem", "SpacesError", "Stacked", "Unread", "Use", "Violation", "Weights",
    "charges_of", "check_spaces", "compare_plans", "conflicting_rules", "conflicts_spaces", "explain_spaces", "force",
    "moves_of", "parse_spaces", "preview_moves", "preview_swap", "read_space_rows", "replan_spaces", "rules_from_words",
    "schema_spaces", "solve_spaces", "space_rows", "stack_plan", "today", "use_of", "violations", "write_spaces_excel",
]  # fmt: skip
