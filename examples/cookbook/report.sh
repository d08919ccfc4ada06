lockin run own_market.toml --out results        # then open results/report.html
lockin report results                           # writes the page again from the files beside it
lockin plot results --chart shares --out shares.svg
