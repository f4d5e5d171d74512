"""`appraise indicators`."""

from rich.text import Text

from appraise.cli.output import console, print_json
from appraise.scoring.installed import installed


def print_indicators(*, json: bool) -> bool:
    """Whether all that is offered can be used."""
    found = installed()
    rows = [
        {
            "key": key,
            "name": indicator.definition.name,
            "role": indicator.definition.role,
            "unit": indicator.definition.unit,
            "direction": indicator.definition.direction,
            "package": found.packages[key],
        }
        for key, indicator in found.indicators.items()
    ]
    if json:
        print_json({"indicators": rows, "refused": list(found.refused)})
        return not found.refused
    for row in rows:
        console.print(Text.assemble((str(row["key"]), "bold"), f"  {row['name']}"))
        direction = str(row["direction"]).replace("_", " ")
        console.print(f"   {row['role']} · {row['unit']} · {direction} · from {row['package']}", highlight=False)
    for one in found.refused:
        text = f"Not used: {one.name} of {one.package}: {one.reason}"
        console.print(text, style="red", highlight=False, soft_wrap=True, markup=False)
    console.print(
        "\nContext is read beside the others and weighs nothing. A policy adds an indicator by [indicators.KEY].",
        style="dim",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )
    return not found.refused
