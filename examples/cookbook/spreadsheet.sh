python3 spreadsheet_to_scenario.py providers.csv > market.toml

lockin check market.toml

lockin run market.toml | tail -n 2
