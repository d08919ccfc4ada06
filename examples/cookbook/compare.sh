cat > portability.toml <<'END'
extends     = "own_market.toml"
title       = "The same, and a rule that halves the cost of leaving"
portability = { 2025Q1 = 1.0, 2027Q1 = 0.5 }
END

lockin compare own_market.toml portability.toml

lockin compare own_market.toml portability.toml --out comparison
