"""A scenario from a spreadsheet: one row a provider; an empty cell is a layer that it does not sell.

Usage: spreadsheet_to_scenario.py providers.csv > market.toml
"""

import csv
import sys

print("""\
title = "From a spreadsheet"

[horizon]
start = "2025Q1"
end   = "2030Q4"

[layers.iaas]
share = 0.7
[layers.maas]
unit = "tokens"

[segments.firms]
customers      = 10_000
re_evaluate    = { iaas = 0.2, maas = 0.5 }
switching_cost = { iaas = 2.0, maas = 0.5 }

[run]
engine = "mean_field"
""")

with open(sys.argv[1], newline="", encoding="utf-8-sig") as file:  # spreadsheets begin UTF-8 with a mark
    for row in csv.DictReader(file):
        print(f"[providers.{row['provider']}]")
        for layer, price in (("iaas", "price"), ("maas", "price_per_million_tokens")):
            if row[f"{layer}_share"]:
                print(f"{layer} = {{ share = {row[f'{layer}_share']}, {price} = {row[f'{layer}_{price}']} }}")
