"""Results in Python, with nothing but its standard library: revenue shares by year, and how sure they are."""

import csv

with open("results/annual.csv", newline="", encoding="utf-8") as file:
    rows = [row for row in csv.DictReader(file)
            if (row["layer"], row["segment"], row["measure"]) == ("all", "all", "revenue_share")]

for row in rows:
    if row["period"] == "2030":
        low, high = float(row["q05"]), float(row["q95"])
        print(f"{row['provider']:12} {100 * float(row['value']):5.1f} %   {100 * low:.1f} to {100 * high:.1f}")
