lockin run own_market.toml --out results

python3 read_results.py
